import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EXIT } from '../../command/exit-codes';
import { makeFolder, shownPath } from '../../command/files';
import { table, type Block } from '../../command/layout';
import { counted } from '../../command/words';
import { chargedText, isJudgePriced, isPriced, percent, tally } from '../figures/format';
import type { JudgedResult } from '../result-file';
import { figuresCsv } from '../figures/csv';
import { figuresOf, type Figures } from '../figures/figures';
import { htmlReport } from '../report/report';
import {
  COST_COLUMNS,
  FAILURE_COLUMNS,
  groupColumnsFor,
  knownColumns,
  LATENCY_COLUMNS,
  QUALITY_COLUMNS,
  SPEED_COLUMNS,
  type Column,
} from '../figures/columns';
import { countsOf, groupBy } from '../../statistics/group-by';

/**
 * Shows and writes what was measured. The journal is kept as long as there is something to go on with.
 * @returns the process's exit code
 */
export function reportMeasured(
  result: JudgedResult,
  { name, journal }: { readonly name: string; readonly journal: string },
  tell: (...blocks: readonly Block[]) => void,
): number {
  const measured = isMeasured(result);
  if (measured) {
    tell(...summaryText(result));
    const files = writeResults(name, result);
    tell(`Written: ${files.map(shownPath).join(', ')}`);
  } else tell('Nothing was measured, and no result is written.');
  const code = exitCodeOf(result);
  if (code === EXIT.interrupted || isCapped(result)) {
    const raise = code === EXIT.incomplete ? ' with a higher --max-cost' : '';
    tell(`To go on${raise}: --resume ${shownPath(journal)}, with the same --questions and --target.`);
  } else {
    rmSync(journal, { force: true });
  }
  if (code === EXIT.failed) {
    const names = result.calls.map(({ errorName = 'unknown' }) => errorName);
    const look = measured ? ' Look at the first one before anything else.' : '';
    tell(`No call was answered: ${tally(countsOf(names))}.${look}`);
  }
  return code;
}

/** The one call of a model that Bedrock does not call is no measurement. */
const isMeasured = ({ calls, skipped }: JudgedResult): boolean =>
  calls.some(
    ({ warmup, outcome, model, region }) =>
      !warmup &&
      (outcome === 'answered' ||
        !skipped.some(
          (left) => left.reason === 'no-such-model' && left.model === model && left.region === region,
        )),
  );

const isCapped = ({ skipped, quality }: JudgedResult): boolean =>
  skipped.some(({ reason }) => reason === 'spend-cap') || (quality.judge?.agreement.skipped ?? 0) > 0;

function exitCodeOf(result: JudgedResult): number {
  const { finishedAt, skipped, calls } = result;
  if (finishedAt === null) return EXIT.interrupted;
  if (isCapped(result)) return EXIT.incomplete;
  if (!calls.some(({ warmup, outcome }) => !warmup && outcome === 'answered')) return EXIT.failed;
  return skipped.length > 0 ? EXIT.incomplete : EXIT.done;
}

/**
 * Writes the result and its report.
 * @param name path without an extension
 * @returns the files' paths
 */
function writeResults(name: string, result: JudgedResult): readonly string[] {
  makeFolder(dirname(name));
  const [json, csv, html] = [`${name}.json`, `${name}.csv`, `${name}.html`];
  const figures = figuresOf(result);
  writeFileSync(json, `${JSON.stringify({ ...result, summaries: figures }, null, 1)}\n`);
  writeFileSync(csv, figuresCsv(figures));
  writeFileSync(html, htmlReport(result));
  return [json, csv, html];
}

/** What was measured, for the terminal. */
export function summaryText(result: JudgedResult): readonly Block[] {
  const figures = figuresOf(result);
  const { prices, spend, warnings, quality } = result;
  return [
    '',
    'In brackets stand 95 % intervals (?: too few calls to say).',
    ...TABLES.flatMap(({ title, columns }) => figuresTable(title, figures, columns)),
    '',
    `Cost: ${chargedText(spend.spentUsd, isPriced(prices, quality.judge))}, by prices of ${prices.date} (${prices.source}).`,
    ...judgeLines(quality),
    ...[...warnings, ...quality.warnings].map((warning) => `Note: ${warning}`),
  ];
}

const TABLES: readonly { readonly title: string; readonly columns: readonly Column[] }[] = [
  { title: 'Latency of answered calls', columns: LATENCY_COLUMNS },
  { title: 'Speed of answered calls', columns: SPEED_COLUMNS },
  { title: 'Cost', columns: COST_COLUMNS },
  { title: 'Quality', columns: QUALITY_COLUMNS },
  { title: 'Failures, which are in no latency, and stop reasons', columns: FAILURE_COLUMNS },
];

/** A heading for each model, and under it a row for each region, API and type; nothing where nothing is known. */
function figuresTable(
  title: string,
  figures: readonly Figures[],
  columns: readonly Column[],
): readonly Block[] {
  const known = knownColumns(figures, columns);
  if (known.length === 0) return [];
  const groups = groupColumnsFor(figures);
  const rows = groupBy(figures, ({ model }) => model).flatMap((ofModel) => [
    [ofModel[0].model],
    ...ofModel.map((row) => [
      groups.map(({ value }) => value(row)).join('\n'),
      ...known.map(({ value, interval }) => [value(row), interval?.(row) ?? ''].filter(Boolean).join('\n')),
    ]),
  ]);
  return [
    '',
    title,
    table([groups.map(({ head }) => head).join('\n'), ...known.map(({ head }) => head)], rows),
  ];
}

function judgeLines({ judge }: JudgedResult['quality']): readonly string[] {
  if (judge === null) return [];
  const { pairs, consistent, kappa, firstPlace, malformed, failed, skipped } = judge.agreement;
  const unusable = malformed + failed + skipped;
  return [
    `Judge ${judge.model}: ${counted(pairs, 'pair')} in both orders, ` +
      (consistent === null
        ? 'none usable'
        : `${percent(consistent)} the same in both (Cohen's kappa ${kappa === null ? 'undefined' : kappa.toFixed(2)}); ` +
          `the first place was preferred in ${firstPlace === null ? 'no' : percent(firstPlace) + ' of'} decisions`) +
      `; of ${counted(judge.length.pairs, 'answer')} set beside the same said twice, ${counted(judge.length.preferred, 'was', 'were')} preferred said twice` +
      `; ${counted(unusable, 'answer')} not usable (${malformed} malformed, ${failed} failed, ${skipped} skipped); cost ${chargedText(judge.spentUsd, isJudgePriced(judge))}.`,
  ];
}
