/**
 * Exact percentile by nearest rank: always one of the samples.
 * @param sorted samples, ascending
 * @param percent above 0, at most 100
 * @throws RangeError without samples, or for another percent
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`There is no percentile ${percent}.`);
  // Multiplied first: 0.07 * 100 is more than 7.
  const value = sorted[Math.ceil((percent * sorted.length) / 100) - 1];
  if (value === undefined) throw new RangeError('There are no samples to take a percentile of.');
  return value;
}

/** Milliseconds. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** At 0.5 %, 1.5 %, ... 99.5 % of the samples, for a distribution's picture. */
  readonly quantiles: readonly number[];
}

const QUANTILES = Array.from({ length: 100 }, (_, index) => index + 0.5);

/**
 * @param samples milliseconds, in any order
 * @throws RangeError without samples
 */
export function latenciesOf(samples: ArrayLike<number>): Latencies {
  const sorted = Float64Array.from(samples).sort();
  return {
    p50: percentile(sorted, 50),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
    quantiles: QUANTILES.map((percent) => percentile(sorted, percent)),
  };
}

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
