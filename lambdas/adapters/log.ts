import type { Log } from '../tier/telemetry';

export type Write = (line: string) => void;

export const toStdout: Write = (line) => {
  process.stdout.write(`${line}\n`);
};

/** Lambda brings what a function writes to its log group, line by line. */
export const createLog =
  (write: Write = toStdout): Log =>
  (level, message, fields) => {
    write(JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...fields }));
  };
