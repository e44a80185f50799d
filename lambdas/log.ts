export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Fields name and count things; a customer's text and a model's answer are never among them. */
export interface LogLine {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes one structured line. */
export function log(level: Level, message: string, fields: LogLine['fields']): void {
  process.stdout.write(
    JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...fields }) + '\n',
  );
}
