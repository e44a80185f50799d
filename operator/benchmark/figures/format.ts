import type { Estimate } from '../measure/statistics/rate';
import type { Judgement } from '../quality/quality';
import type { PricesUsed } from '../result/result';

/** Said where a figure is not known. */
export const UNKNOWN = '–';
/** Said in place of an interval's end that is not bounded. */
const UNBOUNDED = '?';

type Format = (value: number) => string;

/** Of milliseconds, tokens per second and the like: a digit after the point where it says something. */
export const plain: Format = (value) => value.toFixed(value < 100 && !Number.isInteger(value) ? 1 : 0);
export const milliseconds: Format = (value) => `${plain(value)} ms`;
export const percent: Format = (share) => `${(share * 100).toFixed(1)} %`;
/** Sums below this are a float's error. */
const NO_MONEY = 1e-9;

/** With as many digits as small sums need, e.g. `$12.50`, `$0.1234`, `$0.000012`. */
export const usd: Format = (amount) => {
  const size = Math.abs(amount);
  if (size < NO_MONEY) return '$0';
  const digits = size >= 1 ? 2 : Math.max(4, 1 - Math.floor(Math.log10(size)));
  return `${amount < 0 ? '-' : ''}$${size.toFixed(digits)}`;
};

/** What calls were charged: those at a price that is not known, nothing. */
export const chargedText = (amount: number, isPriced: boolean): string => {
  if (isPriced) return usd(amount);
  return amount < NO_MONEY ? 'not known' : `${usd(amount)}, and what has no price`;
};

/** Whether all that was asked has a price. */
export const isPriced = ({ entries }: PricesUsed, judge: Judgement | null = null): boolean =>
  !Object.values(entries).includes(null) && (judge === null || isJudgePriced(judge));

/** Whether a judge has a price, by what its answers were charged. */
export const isJudgePriced = ({ spentUsd, agreement }: Judgement): boolean =>
  spentUsd > 0 || agreement.skipped === 2 * agreement.pairs;

/** @returns e.g. `812 ms` */
export const value = (estimate: Estimate | null | undefined, format: Format): string =>
  estimate ? format(estimate.value) : UNKNOWN;

/** @returns e.g. `[790, 851]`; `?` stands for an end that is not bounded */
export function interval(estimate: Estimate | null | undefined, format: Format): string {
  if (!estimate) return '';
  const { lower, upper } = estimate.interval;
  const end = (bound: number | null): string => (bound === null ? UNBOUNDED : format(bound));
  return `[${end(lower)}, ${end(upper)}]`;
}

/** @returns e.g. `end_turn 22, max_tokens 2`, the most frequent first */
export const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
