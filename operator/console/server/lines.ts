import type { LogLine } from '@assistant/emulator';
import type { Line } from '../picture';

/** What a page is told of a line: names, numbers and times, and no more if a function should ever log more. */
const FIELDS = [
  ...['requestId', 'source', 'caller', 'tier', 'model', 'circuit', 'failure', 'attempt', 'durationMs'],
  ...['stopReason', 'inputTokens', 'outputTokens', 'status', 'code', 'xray_trace_id'],
] as const;

/** Those lines of a region's log that say what became of requests; metrics' own lines and others' are left out. */
export const readLines = (role: Line['role'], logged: readonly LogLine[]): readonly Line[] =>
  logged.flatMap(({ source, line }) => {
    const fields = parse(line);
    const { message, timestamp, requestId } = fields;
    const at = Date.parse(String(timestamp));
    if (typeof message !== 'string' || requestId === undefined || Number.isNaN(at)) return [];
    const told = FIELDS.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]]);
    return [{ at, role, from: source, message, ...Object.fromEntries(told) } as Line];
  });

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
