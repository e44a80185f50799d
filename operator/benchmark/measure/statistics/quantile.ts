import { percentile } from '../../../statistics/percentile';
import { binomialCdf, firstWhere, TAIL, type Estimate, type Interval } from './rate';

/**
 * A bootstrap interval of a quantile is taken where it covers at least this much. What it covers is known exactly:
 * its ends are order statistics, whose coverage is a matter of the binomial distribution, whatever the sample's is.
 */
const MIN_BOOTSTRAP_COVERAGE = 0.94;

/** Order statistics, counting from 1; 0 and n + 1 stand for the ends that no sample reaches. */
interface Ranks {
  readonly lower: number;
  readonly upper: number;
}

/**
 * A percentile by nearest rank (the least sample that at least so many percent of the samples do not exceed), with
 * its interval. That is the bootstrap's, percentile method, where the bootstrap does what it promises; a resample
 * never goes beyond the largest sample, so high percentiles of few samples have the order statistics' own interval,
 * which covers at least what it says for any distribution, and may be unbounded.
 * @param sorted samples, ascending
 * @param percent above 0, below 100
 * @param tail what either end of the interval leaves out at most: order statistics alone promise that of each
 * @throws RangeError without samples, or for another percent
 */
export function quantile(sorted: ArrayLike<number>, percent: number, tail?: number): Estimate {
  return { value: percentile(sorted, percent), interval: intervalOf(sorted, percent, tail) };
}

function intervalOf(sorted: ArrayLike<number>, percent: number, tail: number | undefined): Interval {
  const n = sorted.length;
  const bootstrap = bootstrapRanks(n, percent);
  const isSound = tail === undefined && coverageOf(bootstrap, n, percent) >= MIN_BOOTSTRAP_COVERAGE;
  const { lower, upper } = isSound ? bootstrap : orderStatisticsRanks(n, percent, tail);
  return {
    lower: sorted[lower - 1] ?? null,
    upper: sorted[upper - 1] ?? null,
    method: isSound ? 'bootstrap' : 'order-statistics',
  };
}

/**
 * The probability that the quantile lies between two order statistics: that of `lower` to `upper - 1` samples below
 * it (e.g. David and Nagaraja, Order Statistics, 7.1).
 */
export function coverageOf({ lower, upper }: Ranks, n: number, percent: number): number {
  const p = percent / 100;
  return binomialCdf(upper - 1, n, p) - binomialCdf(lower - 1, n, p);
}

/**
 * Where the middle 95 % of all resamples have their quantile. No resampling is needed: a resample's k-th smallest is
 * at most the j-th smallest sample if at least k of its n draws are among the j smallest (Efron 1979, section 3).
 */
export function bootstrapRanks(n: number, percent: number): Ranks {
  const k = Math.ceil((percent * n) / 100);
  const reaching = (share: number): number =>
    firstWhere(1, n, (j) => 1 - binomialCdf(k - 1, n, j / n) >= share);
  return { lower: reaching(TAIL), upper: reaching(1 - TAIL) };
}

/** The shortest ranks that leave at most so much on each side, whatever the distribution. */
export function orderStatisticsRanks(n: number, percent: number, tail = TAIL): Ranks {
  const p = percent / 100;
  return {
    lower: firstWhere(0, n, (rank) => binomialCdf(rank, n, p) > tail),
    upper: firstWhere(1, n + 1, (rank) => 1 - binomialCdf(rank - 1, n, p) <= tail),
  };
}
