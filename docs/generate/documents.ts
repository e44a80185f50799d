import { readConfig } from '../../constructs/config/read-config';
import { openApiDocument } from '../../contract/openapi';
import { bundledPackagesTable } from './bundled-packages';
import { keyChangesTable } from './key-changes';
import { canaryTable, contractTable, failoverTable, reactionsTable, stopReasonsTable } from './tables';

/** Which document has which table between its marks, `<!-- name -->` and `<!-- /name -->`. */
const TABLES = {
  'README.md': { contract: contractTable },
  'docs/architecture.md': { reactions: reactionsTable, 'stop-reasons': stopReasonsTable },
  'docs/operate/configure.md': { 'key-changes': keyChangesTable },
  'docs/operate/hardening.md': { bundled: bundledPackagesTable },
  'docs/operate/failover.md': {
    failover: () => failoverTable(readConfig({}).healthCheck),
    canary: () => canaryTable(readConfig({})),
  },
} as const;

/** Every document that has a generated part, with that part made anew. @throws Error where a mark is missing */
export const documents = (read: (file: string) => string) => [
  { file: 'docs/openapi.json', filled: openApiJson() },
  ...Object.entries(TABLES).map(([file, tables]) => ({
    file,
    filled: Object.entries(tables).reduce((text, [name, table]) => fill(text, name, table()), read(file)),
  })),
];

const openApiJson = () => `${JSON.stringify(openApiDocument(readConfig({})), null, 2)}\n`;

function fill(text: string, name: string, table: string): string {
  const marked = new RegExp(`(<!-- ${name} -->\\n)[^]*(<!-- /${name} -->)`);
  if (!marked.test(text)) throw new Error(`The marks of the table ${name} are missing.`);
  return text.replace(marked, (_, open: string, close: string) => `${open}\n${table}\n\n${close}`);
}
