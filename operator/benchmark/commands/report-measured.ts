import { rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { relative, dirname } from 'node:path';
import Table from 'cli-table3';
import { EXIT } from '../../command/exit-codes';
import { tally, percent, usd } from '../figures/format';
import type { JudgedResult } from '../result-file';
import { figuresOf, type Figures } from '../figures/figures';
import { htmlReport } from '../report/report';
import { columnsFor, COST_COLUMNS, FAILURE_COLUMNS, LATENCY_COLUMNS, type Column } from '../figures/columns';

/**
 * Shows and writes what was measured. The journal is kept as long as there is something to go on with.
 * @returns the process's exit code
 */
export function reportMeasured(
  result: JudgedResult,
  { name, journal }: { readonly name: string; readonly journal: string },
  tell: (text: string) => void,
): number {
  tell(summaryText(result));
  const files = writeResults(name, result);
  tell(`Written: ${files.map((file) => relative(process.cwd(), file)).join(', ')}\n`);
  const code = exitCodeOf(result);
  if (code === EXIT.interrupted || isCapped(result)) {
    const raise = code === EXIT.incomplete ? ' with a higher --max-cost' : '';
    tell(
      `To go on${raise}: --resume ${relative(process.cwd(), journal)}, with the same --questions and --target.\n`,
    );
  } else {
    rmSync(journal, { force: true });
  }
  if (code === EXIT.failed)
    tell(`No call was answered: ${failuresOf(result)}. Look at the first one before anything else.\n`);
  return code;
}

const isCapped = ({ skipped, quality }: JudgedResult): boolean =>
  skipped.some(({ reason }) => reason === 'spend-cap') || (quality.judge?.agreement.skipped ?? 0) > 0;

function exitCodeOf(result: JudgedResult): number {
  const { finishedAt, skipped, calls } = result;
  if (finishedAt === null) return EXIT.interrupted;
  if (isCapped(result)) return EXIT.incomplete;
  if (!calls.some(({ warmup, outcome }) => !warmup && outcome === 'answered')) return EXIT.failed;
  return skipped.length > 0 ? EXIT.incomplete : EXIT.done;
}

function failuresOf({ calls }: JudgedResult): string {
  const counts: Record<string, number> = {};
  for (const { errorName = 'unknown' } of calls) counts[errorName] = (counts[errorName] ?? 0) + 1;
  return tally(counts);
}

/**
 * Writes the result and its report.
 * @param name path without an extension
 * @returns the files' paths
 */
export function writeResults(name: string, result: JudgedResult): readonly string[] {
  mkdirSync(dirname(name), { recursive: true });
  const [json, html] = [`${name}.json`, `${name}.html`];
  writeFileSync(json, `${JSON.stringify({ ...result, summaries: figuresOf(result) }, null, 1)}\n`);
  writeFileSync(html, htmlReport(result));
  return [json, html];
}

/** What was measured, for the terminal; in brackets the 95 % intervals, `?` for an end that is not bounded. */
export function summaryText(result: JudgedResult): string {
  const figures = figuresOf(result);
  const { prices, spend, warnings, quality } = result;
  return [
    '',
    'Latency of answered calls, with 95 % intervals (?: too few calls to say)',
    table(figures, LATENCY_COLUMNS),
    '',
    'Cost and quality, with 95 % intervals',
    table(figures, COST_COLUMNS),
    '',
    'Failures, which are in no latency, and stop reasons',
    table(figures, FAILURE_COLUMNS),
    '',
    `Spent ${usd(spend.spentUsd)}, by prices of ${prices.date} (${prices.source}).`,
    ...judgeLines(quality),
    ...[...warnings, ...quality.warnings].map((warning) => `Note: ${warning}`),
    '',
  ].join('\n');
}

function table(figures: readonly Figures[], columns: readonly Column[]): string {
  const shown = columnsFor(figures, columns);
  const text = new Table({
    head: shown.map(({ head }) => head),
    style: { head: process.stdout.isTTY ? ['bold'] : [], border: [], compact: true },
  });
  for (const row of figures) {
    text.push(
      shown.map((column) => [column.value(row), column.interval?.(row) ?? ''].filter(Boolean).join('\n')),
    );
  }
  return text.toString();
}

function judgeLines({ judge }: JudgedResult['quality']): readonly string[] {
  if (judge === null) return [];
  const { pairs, consistent, kappa, firstPlace, malformed, failed, skipped } = judge.agreement;
  const unusable = malformed + failed + skipped;
  return [
    `Judge ${judge.model}: ${pairs} pairs in both orders, ` +
      (consistent === null
        ? 'none usable'
        : `${percent(consistent)} the same in both (Cohen's kappa ${kappa === null ? 'undefined' : kappa.toFixed(2)}); ` +
          `the first place was preferred in ${firstPlace === null ? 'no' : percent(firstPlace) + ' of'} decisions`) +
      `; ${unusable} answers not usable (${malformed} malformed, ${failed} failed, ${skipped} skipped); cost ${usd(judge.spentUsd)}.`,
  ];
}
