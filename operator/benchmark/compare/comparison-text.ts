import { table, type Block } from '../../command/layout';
import { counted } from '../../command/words';
import { groupBy } from '../../statistics/group-by';
import { percent, plain, usd } from '../figures/format';
import { ALPHA, type Comparison, type Row } from './compare';
import type { Unit } from './metrics';

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  ms: (value) => `${plain(value)} ms`,
  'tokens/s': plain,
  USD: usd,
  share: percent,
};

/** What differs beyond noise first, then what was tested, then all figures, for the terminal. */
export function comparisonText({ primary, rows, cautions }: Comparison): readonly Block[] {
  const beyond = primary.filter(({ verdict }) => verdict === 'better' || verdict === 'worse');
  const untold = primary.filter(({ verdict }) => verdict === 'too few answers').length;
  return [
    '',
    beyond.length === 0
      ? `None of ${counted(primary.length, 'primary difference')} is beyond noise.`
      : `${beyond.length} of ${counted(primary.length, 'primary difference')} ${beyond.length === 1 ? 'is' : 'are'} beyond noise:`,
    ...beyond.map(({ model, type, metric, verdict, before, after }) => {
      const format = FORMATS[metric.unit];
      return `  ${verdict}: ${metric.name} of ${model} (${type}) from ${format(before)} to ${format(after)}`;
    }),
    ...(untold === 0
      ? []
      : [
          `${counted(untold, 'has', 'have')} too few answers for any difference, however large, to be beyond noise among so many: measure with more --runs (of expectations met: more questions), or fewer models.`,
        ]),
    '',
    table(
      ['Figure', 'Before\nAfter', 'Difference', 'p', 'Verdict'],
      headed(
        primary,
        ({ model, type }) => `${model}, ${type}`,
        (row) => [...figureCells(row), row.adjusted.toFixed(3), row.verdict],
      ),
    ),
    '',
    'Differences are after minus before, with 95 % intervals (?: too few calls to say); of cost and quality, ' +
      'question by question, for questions like these. Above stands what a model is decided by, over all regions: ' +
      '"better" and "worse" are beyond noise by a permutation test within questions and regions (of quality, of ' +
      'the questions, with an interval without 0: one that is answered better says nothing of others), with p adjusted ' +
      `for the ${primary.length} of them after Holm: were nothing different, even one such word would stand there ` +
      `with a probability of at most ${ALPHA * 100} %. Below stands everything, for description: it is not tested.`,
    '',
    table(
      ['Figure', 'Before\nAfter', 'Difference'],
      headed(rows, ({ model, region, api, type }) => `${model}, ${region}, ${api}, ${type}`, figureCells),
    ),
    '',
    ...cautions.map((caution) => `Note: ${caution}`),
    '',
  ];
}

/** A heading for each group, and under it its rows. */
const headed = <R>(
  rows: readonly R[],
  heading: (row: R) => string,
  cells: (row: R) => readonly string[],
): readonly (readonly string[])[] =>
  groupBy(rows, heading).flatMap((group) => [[heading(group[0])], ...group.map(cells)]);

function figureCells({ metric, before, after, difference }: Omit<Row, 'region'>): readonly string[] {
  const format = FORMATS[metric.unit];
  const { value, lower, upper } = difference;
  const end = (bound: number | null): string => (bound === null ? '?' : format(bound));
  return [
    metric.name,
    `${format(before)}\n${format(after)}`,
    `${format(value)}\n[${end(lower)}, ${end(upper)}]`,
  ];
}
