import { percentile } from '../../statistics/percentile';
import { randomFrom } from '../../statistics/shuffle';
import type { Estimate } from '../measure/statistics/rate';
import type { Stratum } from './permutation-test';

/** How much larger a figure is in the other sample; an end that is null is unbounded. */
export interface Difference {
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * The difference of two independent figures with an interval recovered from both of theirs (MOVER; Zou and Donner,
 * Statistics in Medicine 27, 2008): it keeps their coverage and their skewness, and is unbounded where they are.
 */
export function differenceOf(one: Estimate, other: Estimate): Difference {
  const value = other.value - one.value;
  const below = reach(
    other.interval.lower === null ? null : other.value - other.interval.lower,
    one.interval.upper === null ? null : one.interval.upper - one.value,
  );
  const above = reach(
    other.interval.upper === null ? null : other.interval.upper - other.value,
    one.interval.lower === null ? null : one.value - one.interval.lower,
  );
  return {
    value,
    lower: below === null ? null : value - below,
    upper: above === null ? null : value + above,
  };
}

const reach = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : Math.hypot(one, other);

const RESAMPLES = 2_000;
/** With fewer questions than this a resampled mean says too little. */
const MIN_QUESTIONS = 6;

/**
 * The difference of two means that were measured on the same questions: the bootstrap's percentile interval of the mean
 * of the questions' differences, which does not contain what makes one question unlike another.
 * @param value the difference, about which the interval is told
 */
export function pairedDifference(value: number, strata: readonly Stratum[], seed: number): Difference {
  const differences = strata
    .filter(({ one, other }) => one.length > 0 && other.length > 0)
    .map(({ one, other }) => meanOf(other) - meanOf(one));
  const { length } = differences;
  if (length < MIN_QUESTIONS) return { value, lower: null, upper: null };
  const random = randomFrom(seed);
  const resampled = Float64Array.from({ length: RESAMPLES }, () =>
    meanOf(Array.from({ length }, () => differences[Math.floor(random() * length)] ?? 0)),
  ).sort();
  const offset = value - meanOf(differences);
  return {
    value,
    lower: percentile(resampled, 2.5) + offset,
    upper: percentile(resampled, 97.5) + offset,
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

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
