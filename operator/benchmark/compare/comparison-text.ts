import { table, wrap } from '../../command/output';
import { groupBy } from '../group-by';
import { percent, plain, usd } from '../figures/format';
import { ALPHA, type Comparison, type Row } from './compare';
import type { Unit } from './metrics';

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  ms: (value) => `${plain(value)} ms`,
  'tokens/s': plain,
  USD: usd,
  share: percent,
};

/** What differs beyond noise first, then all figures, for the terminal. */
export function comparisonText({ rows, cautions }: Comparison): string {
  const beyond = rows.filter(({ verdict }) => verdict !== 'within noise');
  return [
    '',
    beyond.length === 0
      ? `None of ${rows.length} differences is beyond noise.`
      : `${beyond.length} of ${rows.length} differences are beyond noise:`,
    ...beyond.map(({ model, region, api, type, metric, verdict, before, after }) => {
      const format = FORMATS[metric.unit];
      return `  ${verdict}: ${metric.name} of ${model} (${region}, ${api}, ${type}) from ${format(before)} to ${format(after)}`;
    }),
    '',
    comparisonTable(rows),
    '',
    ...wrap(
      'Differences are after minus before, with 95 % intervals (?: too few calls to say); of cost and quality, ' +
        `question by question. "better" and "worse" are beyond noise by a permutation test within questions, with ` +
        `p adjusted for all ${rows.length} of them after Holm: were nothing different, even one such word would ` +
        `stand here with a probability of at most ${ALPHA * 100} %.`,
    ),
    ...cautions.flatMap((caution) => wrap(`Note: ${caution}`)),
    '',
  ].join('\n');
}

/** A heading for each model, region, API and type, and under it a row for each figure. */
function comparisonTable(rows: readonly Row[]): string {
  const heading = ({ model, region, api, type }: Row): string => `${model}, ${region}, ${api}, ${type}`;
  return table(
    ['Figure', 'Before\nAfter', 'Difference', 'p', 'Verdict'],
    groupBy(rows, heading).flatMap((group) => [[heading(group[0])], ...group.map(figureCells)]),
  );
}

function figureCells({ metric, before, after, difference, adjusted, verdict }: Row): readonly string[] {
  const format = FORMATS[metric.unit];
  const { value, lower, upper } = difference;
  const end = (bound: number | null): string => (bound === null ? '?' : format(bound));
  return [
    metric.name,
    `${format(before)}\n${format(after)}`,
    `${format(value)}\n[${end(lower)}, ${end(upper)}]`,
    adjusted.toFixed(3),
    verdict,
  ];
}
