import type { Estimate } from '../measure/statistics/estimate';

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
