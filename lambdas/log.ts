type Level = 'INFO' | 'WARN' | 'ERROR';

/**
 * Writes one structured line. Fields name and count things; a customer's text and a model's answer are never
 * among them.
 */
export function log(level: Level, message: string, fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(
    JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...fields }) + '\n',
  );
}
