import { randomFrom } from '../../statistics/shuffle';

/** Values of the same question in both samples: under the null hypothesis they could change places. */
export interface Stratum {
  readonly one: readonly number[];
  readonly other: readonly number[];
}

/** Those that both samples have values of. */
export const inBoth = (strata: readonly Stratum[]): readonly Stratum[] =>
  strata.filter(({ one, other }) => one.length > 0 && other.length > 0);

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

/** Ways to exchange values within strata that are tried at least; where there are no more, each of them is. */
const PERMUTATIONS = 10_000;
/** So many permutations at least as extreme settle that a difference is none; going on would only say so again. */
const ENOUGH_EXTREME = 50;

/** @param level that a p-value has to reach to count: what is sampled can fall to a fifth of it */
const permutationsFor = (level: number): number => Math.max(PERMUTATIONS, Math.ceil(5 / level));

/** In how many ways the values can be exchanged within strata. */
const arrangementsOf = (strata: readonly Stratum[]): number =>
  strata.reduce((product, { one, other }) => product * binomial(one.length + other.length, one.length), 1);

function binomial(n: number, k: number): number {
  let result = 1;
  for (let step = 1; step <= Math.min(k, n - k); step += 1) result = (result * (n - step + 1)) / step;
  return Math.round(result);
}

/**
 * The least p-value that `permutationTest` can give at this size of the data, however different the samples are.
 * Samples of equal sizes have each arrangement's mirror image beside it, which is as extreme.
 */
export function leastPValue(strata: readonly Stratum[], level: number): number {
  const mirrored = strata.every(({ one, other }) => one.length === other.length);
  const exact = (mirrored ? 2 : 1) / arrangementsOf(strata);
  return Math.min(1, Math.max(exact, 1 / (permutationsFor(level) + 1)));
}

/** What was found twice of the same question, e.g. of two models. */
export type Pair = readonly [one: number, other: number];

/**
 * Questions as the sample, for what is to hold of questions like these: the two change places question by question, and
 * no value between questions. What two models say of one question need not be alike, and a judge's points for them are
 * opposite by definition: exchanged freely, few questions would show more than they can.
 */
export const questionStrata = (pairs: readonly Pair[]): readonly Stratum[] =>
  pairs.map(([one, other]) => ({ one: [one], other: [other] }));

/**
 * Probability, if both samples came from the same source, of a difference at least as large as the observed one:
 * a permutation test within strata, two-sided. It is exact where all arrangements can be tried, and else sampled (with
 * the observed one among them: Phipson and Smyth, SAGMB 9, 2010) with an early end (Besag and Clifford, Biometrika 78,
 * 1991).
 * @param level that the p-value is going to be held against; the sample grows with what it has to show
 * @returns 1 where either sample has no values
 */
export function permutationTest(
  strata: readonly Stratum[],
  statistic: Statistic,
  { seed, level = 0.05 }: { readonly seed: number; readonly level?: number },
): number {
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
  // Sums in another order differ in their last bits.
  const observed = difference() * (1 - 1e-12);
  const permutations = permutationsFor(level);
  if (arrangementsOf(strata) <= permutations) {
    let [extreme, all] = [0, 0];
    forEachArrangement(isOne, places, () => {
      all += 1;
      if (difference() >= observed) extreme += 1;
    });
    return extreme / all;
  }
  const random = randomFrom(seed);
  let extreme = 0;
  for (let permutation = 1; permutation <= permutations; permutation += 1) {
    for (const stratum of places) shuffleWithin(isOne, stratum, random);
    if (difference() >= observed) extreme += 1;
    if (extreme === ENOUGH_EXTREME) return extreme / permutation;
  }
  return (extreme + 1) / (permutations + 1);
}

/** Sets the flags in every way that leaves each stratum as many of either as it has. */
function forEachArrangement(
  flags: Uint8Array,
  strata: readonly (readonly number[])[],
  visit: () => void,
): void {
  const counts = strata.map((places) => places.reduce((sum, place) => sum + (flags[place] ?? 0), 0));
  const set = (stratum: number, at: number, left: number): void => {
    const places = strata[stratum];
    if (places === undefined) {
      visit();
      return;
    }
    const place = places[at];
    if (place === undefined) {
      set(stratum + 1, 0, counts[stratum + 1] ?? 0);
      return;
    }
    for (const flag of [0, 1]) {
      const stillLeft = left - flag;
      if (stillLeft < 0 || stillLeft > places.length - at - 1) continue;
      flags[place] = flag;
      set(stratum, at + 1, stillLeft);
    }
  };
  set(0, 0, counts[0] ?? 0);
}

/** Fisher and Yates, on the given places alone. */
function shuffleWithin(flags: Uint8Array, places: readonly number[], random: () => number): void {
  for (let last = places.length - 1; last > 0; last -= 1) {
    const [from = 0, to = 0] = [places[Math.floor(random() * (last + 1))], places[last]];
    [flags[from], flags[to]] = [flags[to] ?? 0, flags[from] ?? 0];
  }
}
