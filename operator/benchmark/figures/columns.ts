import { perThousand } from '../compare/metrics';
import { groupBy } from '../../statistics/group-by';
import type { Figures } from './figures';
import { interval, percent, plain, tally, UNKNOWN, usd, value } from './format';

/** A column of the tables, in the terminal and in the report. */
export interface Column {
  readonly head: string;
  readonly value: (figures: Figures) => string;
  /** Of 95 %; empty without one. */
  readonly interval?: (figures: Figures) => string;
}

type Read = (figures: Figures) => Parameters<typeof value>[0];

const column = (head: string, read: Read, format: (figure: number) => string): Column => ({
  head,
  value: (figures) => value(read(figures), format),
  interval: (figures) => interval(read(figures), format),
});

const MODEL_COLUMN: Column = { head: 'Model', value: ({ model }) => model };
/** Which calls of the model a row is about. */
const GROUP_COLUMNS: readonly Column[] = [
  { head: 'Region', value: ({ region }) => region },
  { head: 'API', value: ({ api }) => api },
  { head: 'Type', value: ({ type }) => type ?? 'all' },
];

export const LATENCY_COLUMNS: readonly Column[] = [
  { head: 'Answered', value: ({ answered, calls }) => `${answered} of ${calls}` },
  column('Total\np50, ms', ({ totalMs }) => totalMs?.p50, plain),
  column('Total\np95, ms', ({ totalMs }) => totalMs?.p95, plain),
  column('Total\np99, ms', ({ totalMs }) => totalMs?.p99, plain),
];

export const SPEED_COLUMNS: readonly Column[] = [
  column('First token\np50, ms', ({ ttftMs }) => ttftMs?.p50, plain),
  column('First token\np95, ms', ({ ttftMs }) => ttftMs?.p95, plain),
  column('Tokens/s\np50', ({ tokensPerSecond }) => tokensPerSecond?.p50, plain),
];

export const COST_COLUMNS: readonly Column[] = [
  column('Input\ntokens', ({ inputTokens }) => inputTokens, plain),
  column('Output\ntokens', ({ outputTokens }) => outputTokens, plain),
  column('Cost of\n1,000 answers', ({ costUsd }) => perThousand(costUsd), usd),
];

export const QUALITY_COLUMNS: readonly Column[] = [
  column('Expectations\nmet', ({ score }) => score, percent),
  column('Judge:\nwin rate', ({ judged }) => judged?.rate, percent),
];

export const FAILURE_COLUMNS: readonly Column[] = [
  column('Throttled', ({ throttleRate }) => throttleRate, percent),
  column('Errors', ({ errorRate }) => errorRate, percent),
  { head: 'Error names', value: ({ errorNames }) => tally(errorNames) },
  { head: 'Stop reasons', value: ({ stopReasons }) => tally(stopReasons) },
];

/** Those that tell which calls a row is about, where rows differ in it. */
export const groupColumnsFor = (rows: readonly Figures[]): readonly Column[] =>
  GROUP_COLUMNS.filter(({ value: read }) => groupBy(rows, read).length > 1);

/** Those of figures that are known of any row. */
export const knownColumns = (rows: readonly Figures[], columns: readonly Column[]): readonly Column[] =>
  columns.filter(({ value: read }) => rows.some((row) => !['', UNKNOWN].includes(read(row))));

/** The columns that say something about these rows; the model always stands first. */
export const columnsFor = (rows: readonly Figures[], columns: readonly Column[]): readonly Column[] => [
  MODEL_COLUMN,
  ...groupColumnsFor(rows),
  ...knownColumns(rows, columns),
];
