import type { Log } from '../tier/telemetry';
import { sampledTrace } from './environment';

export type Write = (line: string) => void;

export const toStdout: Write = (line) => {
  process.stdout.write(`${line}\n`);
};

/** Lambda brings what a function writes to its log group, line by line. */
export const createLog =
  (write: Write = toStdout): Log =>
  (level, message, fields) => {
    const trace = sampledTrace();
    const timestamp = new Date().toISOString();
    // By Powertools' name, which CloudWatch knows as well: a line leads to its trace.
    write(
      JSON.stringify({ level, message, timestamp, ...(trace && { xray_trace_id: trace.root }), ...fields }),
    );
  };
