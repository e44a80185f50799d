import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json';
import { reactionsTable, stopReasonsTable } from '../scripts/readme-tables';
import { ROOT } from './support/synthesize';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Markdown without the padding that Prettier gives its tables. */
const unpadded = (markdown: string) => markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe('README and help', () => {
  it.each([reactionsTable(), stopReasonsTable()])('print the tables that the code has', (table) => {
    expect(unpadded(read('README.md'))).toContain(unpadded(table));
  });

  it.each(['README.md', 'help'])('%s names only scripts that exist', (file) => {
    const named = [...read(file).matchAll(/npm run ([a-z:-]+)/g)].map(([, script]) => script);
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) expect(Object.keys(packageJson.scripts)).toContain(script);
  });
});
