/** One figure over all rounds of a run. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError without values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new RangeError('There are no values to spread.');
  return { median: medianOf(sorted), min, max };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const lower = sorted[Math.ceil(middle) - 1] ?? NaN;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return lower + (upper - lower) / 2;
}

/**
 * Compares pairs that were measured next to each other, so that a machine which slows down slows both.
 * @param compare e.g. a ratio
 * @returns its spread over the pairs
 */
export function spreadOver<T>(rounds: readonly T[], compare: (round: T) => number): Spread {
  return spreadOf(rounds.map(compare));
}
