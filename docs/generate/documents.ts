import { readConfig } from '../../constructs/config/read-config';
import { openApiDocument } from '../../contract/openapi';
import { bundledPackagesTable } from './bundled-packages';
import { keyChangesTable } from './key-changes';
import { costOf } from '../../operator/cost/cost-command';
import { assumptionLines, costTable, standingUsd, troubleLines } from '../../operator/cost/cost-table';
import type { MonthlyCost, Use } from '../../operator/cost/monthly-cost';
import { canaryTable, contractTable, failoverTable, reactionsTable, stopReasonsTable } from './tables';

/** Which document has which table between its marks, `<!-- name -->` and `<!-- /name -->`. */
const TABLES = {
  'README.md': { contract: contractTable },
  'docs/architecture.md': { reactions: reactionsTable, 'stop-reasons': stopReasonsTable },
  'docs/operate/configure.md': { 'key-changes': keyChangesTable },
  'docs/operate/costs.md': { cost: costText },
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

const USE: Use = {
  requests: 1_000_000,
  inputTokens: 300,
  outputTokens: 400,
  fallbackShare: 0,
  type: 'default',
};

let cost: MonthlyCost | undefined;
/** What a month costs, as `cost` says it of the shipped configuration; found out once, for it takes a synth. */
export const shippedCost = (): MonthlyCost => (cost ??= costOf(readConfig({}), USE));

function costText(): string {
  const cost = shippedCost();
  const [head = [], ...rows] = costTable(cost, USE);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    ...troubleLines(cost, USE).map((text) => `- ${text}`),
    '',
    `${Math.round(standingUsd(cost))} USD before the first request. ${assumptionLines().join(' ')}`,
  ].join('\n');
}
