import Table from 'cli-table3';
import { columnsFor, COST_COLUMNS, FAILURE_COLUMNS, LATENCY_COLUMNS, type Column } from './figures/columns';
import { figuresOf, type Figures } from './figures/figures';
import { percent, usd } from './figures/format';
import type { JudgedResult } from './result-file';

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
