import Table from 'cli-table3';
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
    table(rows),
    '',
    'Differences are after minus before, with 95 % intervals (?: too few calls to say); of cost and quality, question by question.',
    `"better" and "worse" are beyond noise by a permutation test within questions, adjusted for all ${rows.length} of them after Holm: were nothing different, even one such word would stand here with a probability of at most ${ALPHA * 100} %.`,
    ...cautions.map((caution) => `Note: ${caution}`),
    '',
  ].join('\n');
}

function table(rows: readonly Row[]): string {
  const text = new Table({
    head: ['Model', 'Region', 'API', 'Type', 'Figure', 'Before', 'After', 'Difference', 'p (adjusted)', ''],
    style: { head: process.stdout.isTTY ? ['bold'] : [], border: [], compact: true },
  });
  for (const { model, region, api, type, metric, before, after, difference, adjusted, verdict } of rows) {
    const format = FORMATS[metric.unit];
    const { value, lower, upper } = difference;
    const end = (bound: number | null): string => (bound === null ? '?' : format(bound));
    text.push([
      ...[model, region, api, type, metric.name, format(before), format(after)],
      ...[`${format(value)} [${end(lower)}, ${end(upper)}]`, adjusted.toFixed(3), verdict],
    ]);
  }
  return text.toString();
}
