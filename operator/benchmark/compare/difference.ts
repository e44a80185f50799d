import { mean } from '../measure/statistics/mean';
import { boundedMean, studentT, type Estimate } from '../measure/statistics/rate';
import { inBoth, type Stratum } from './permutation-test';
import { meanOf } from '../../statistics/mean';

/** How much larger a figure is in the other sample; an end that is null is unbounded. */
export interface Difference {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * The difference of two figures with an interval recovered from both of theirs (MOVER; Zou and Donner,
 * Statistics in Medicine 27, 2008): it keeps their coverage and their skewness, and is unbounded where they are.
 * @param correlation of the figures; 0 for independent ones
 */
export function differenceOf(one: Estimate, other: Estimate, correlation = 0): Difference {
  const value = other.value - one.value;
  const below = reach(
    other.interval.lower === null ? null : other.value - other.interval.lower,
    one.interval.upper === null ? null : one.interval.upper - one.value,
    correlation,
  );
  const above = reach(
    other.interval.upper === null ? null : other.interval.upper - other.value,
    one.interval.lower === null ? null : one.value - one.interval.lower,
    correlation,
  );
  return {
    value,
    lower: below === null ? null : value - below,
    upper: above === null ? null : value + above,
  };
}

export const excludes0 = ({ lower, upper }: Difference): boolean =>
  (lower !== null && lower > 0) || (upper !== null && upper < 0);

const reach = (one: number | null, other: number | null, correlation: number): number | null =>
  one === null || other === null ? null : Math.sqrt(one ** 2 + other ** 2 - 2 * correlation * one * other);

/**
 * The difference of two means that were measured on the same questions, with an interval for questions like these: its
 * sample are the questions' differences, which do not contain what makes one question unlike another.
 *
 * Of amounts, such as cost, it is bootstrap-t. Of shares it is that of gains and losses: most questions differ by
 * nothing, and resampling them would claim that the others do not exist. A share's gain and loss by question are in
 * [0, 1], so both means have an exact interval, and so has their difference by `differenceOf`.
 * @param value the difference, about which the interval is told
 * @param options `tail`: what either end leaves out, of shares
 */
export function pairedDifference(
  value: number,
  strata: readonly Stratum[],
  { of, seed, tail }: { readonly of: 'amounts' | 'shares'; readonly seed: number; readonly tail?: number },
): Difference {
  const differences = inBoth(strata).map(({ one, other }) => meanOf(other) - meanOf(one));
  if (differences.length === 0) return { value, lower: null, upper: null };
  const interval = of === 'shares' ? gainsAndLosses(differences, tail) : bootstrapped(differences, seed);
  const offset = value - meanOf(differences);
  const moved = (end: number | null): number | null => (end === null ? null : end + offset);
  return { value, lower: moved(interval.lower), upper: moved(interval.upper) };
}

function bootstrapped(differences: readonly number[], seed: number): Omit<Difference, 'value'> {
  const { value, interval } = mean(differences, { seed, least: -Infinity });
  const { length } = differences;
  const squares = differences.reduce((sum, difference) => sum + (difference - value) ** 2, 0);
  const reach = studentT(length - 1) * Math.sqrt(squares / (length - 1) / length);
  return {
    lower: interval.lower === null ? null : Math.min(interval.lower, value - reach),
    upper: interval.upper === null ? null : Math.max(interval.upper, value + reach),
  };
}

function gainsAndLosses(differences: readonly number[], tail?: number): Omit<Difference, 'value'> {
  const gain = boundedMean(
    differences.map((difference) => Math.max(0, difference)),
    tail,
  );
  const loss = boundedMean(
    differences.map((difference) => Math.max(0, -difference)),
    tail,
  );
  // A question that is lost is not won: whole gains and losses go together like this, and parts of them less.
  return differenceOf(loss, gain, -Math.sqrt(odds(gain) * odds(loss)));
}

/** 0 where the other of gain and loss is. */
const odds = ({ value }: Estimate): number => (value === 1 ? 0 : value / (1 - value));

/**
 * Adjusts p-values of tests that are read together (Holm, Scandinavian Journal of Statistics 6, 1979): if those at most
 * alpha are taken for differences, the probability that even one of them is none is at most alpha.
 * @returns in the order of the input
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((_, index) => index)
    .sort((one, other) => (pValues[one] ?? 1) - (pValues[other] ?? 1));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let atLeast = 0;
  order.forEach((index, rank) => {
    atLeast = Math.max(atLeast, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = atLeast;
  });
  return adjusted;
}
