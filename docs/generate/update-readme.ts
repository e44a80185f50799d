import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../constructs/config/read-config';
import { failoverTable, reactionsTable, stopReasonsTable } from './readme-tables';

const file = join(__dirname, '..', '..', 'README.md');

/** Puts a table between its two marks. */
const fill = (text: string, name: string, table: string): string =>
  text.replace(
    new RegExp(`(<!-- ${name} -->\\n)[^]*(<!-- /${name} -->)`),
    (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  );

const tables = {
  reactions: reactionsTable(),
  'stop-reasons': stopReasonsTable(),
  failover: failoverTable(readConfig().healthCheck),
};
const filled = Object.entries(tables).reduce(
  (text, [name, table]) => fill(text, name, table),
  readFileSync(file, 'utf8'),
);
writeFileSync(file, filled);
