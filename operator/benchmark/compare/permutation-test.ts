import { randomFrom } from '../../statistics/shuffle';

/** Values of the same question in both samples: under the null hypothesis they could change places. */
export interface Stratum {
  readonly one: readonly number[];
  readonly other: readonly number[];
}

/** A figure of those of the values, ascending, whose flag is the given one. */
export type Statistic = (sorted: Float64Array, flags: Uint8Array, flag: 0 | 1, count: number) => number;

/** By nearest rank, as in all of the benchmark's figures. */
export const percentileStatistic =
  (percent: number): Statistic =>
  (sorted, flags, flag, count) => {
    const rank = Math.ceil((percent * count) / 100);
    let seen = 0;
    for (let place = 0; place < sorted.length; place += 1) {
      if (flags[place] === flag) seen += 1;
      if (seen === rank) return sorted[place] ?? NaN;
    }
    return NaN;
  };

export const meanStatistic: Statistic = (sorted, flags, flag, count) => {
  let sum = 0;
  for (let place = 0; place < sorted.length; place += 1)
    if (flags[place] === flag) sum += sorted[place] ?? NaN;
  return sum / count;
};

export const MAX_PERMUTATIONS = 10_000;
/** So many permutations at least as extreme settle that a difference is none; going on would only say so again. */
const ENOUGH_EXTREME = 50;

/**
 * Probability, if both samples came from the same source, of a difference at least as large as the observed one:
 * a permutation test within questions. It is two-sided, exact but for its sampling, and stops early (Besag and
 * Clifford, Biometrika 78, 1991).
 * @returns at least 1 / (MAX_PERMUTATIONS + 1); 1 where either sample has no values
 */
export function permutationTest(strata: readonly Stratum[], statistic: Statistic, seed: number): number {
  const pooled = strata.flatMap(({ one, other }, stratum) => [
    ...one.map((value) => ({ value, stratum, isOne: true })),
    ...other.map((value) => ({ value, stratum, isOne: false })),
  ]);
  pooled.sort((left, right) => left.value - right.value);
  const sorted = Float64Array.from(pooled, ({ value }) => value);
  const isOne = Uint8Array.from(pooled, (item) => (item.isOne ? 1 : 0));
  const places = strata.map((_, stratum) =>
    pooled.flatMap((item, place) => (item.stratum === stratum ? [place] : [])),
  );
  const count = isOne.reduce((sum, flag) => sum + flag, 0);
  if (count === 0 || count === sorted.length) return 1;

  const difference = (): number =>
    Math.abs(statistic(sorted, isOne, 1, count) - statistic(sorted, isOne, 0, sorted.length - count));
  const random = randomFrom(seed);
  // Sums in another order differ in their last bits.
  const observed = difference() * (1 - 1e-12);
  let extreme = 0;
  for (let permutation = 1; permutation <= MAX_PERMUTATIONS; permutation += 1) {
    for (const stratum of places) shuffleWithin(isOne, stratum, random);
    if (difference() >= observed) extreme += 1;
    if (extreme === ENOUGH_EXTREME) return extreme / permutation;
  }
  return (extreme + 1) / (MAX_PERMUTATIONS + 1);
}

/** Fisher and Yates, on the given places alone. */
function shuffleWithin(flags: Uint8Array, places: readonly number[], random: () => number): void {
  for (let last = places.length - 1; last > 0; last -= 1) {
    const [from = 0, to = 0] = [places[Math.floor(random() * (last + 1))], places[last]];
    [flags[from], flags[to]] = [flags[to] ?? 0, flags[from] ?? 0];
  }
}
