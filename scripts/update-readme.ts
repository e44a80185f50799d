import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reactionsTable } from './readme-tables';

const file = join(__dirname, '..', 'README.md');

/** Puts a table between its two marks. */
const fill = (text: string, name: string, table: string): string =>
  text.replace(
    new RegExp(`(<!-- ${name} -->\\n)[^]*(<!-- /${name} -->)`),
    (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  );

writeFileSync(file, fill(readFileSync(file, 'utf8'), 'reactions', reactionsTable()));
