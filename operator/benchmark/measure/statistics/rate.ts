import { sumOf } from '../../../statistics/mean';
import { regularizedBeta } from './beta';

/** Of every interval: over many runs, it holds the true value in at least about this share of them. */
const CONFIDENCE = 0.95;

/** What either end of an interval leaves out, where nothing smaller is asked for. */
export const TAIL = (1 - CONFIDENCE) / 2;

/** How an interval was found; where the README says why. */
type IntervalMethod = 'bootstrap' | 'bootstrap-t' | 'order-statistics' | 'clopper-pearson';

/** An end that is null is unbounded: there is too little data to say. */
export interface Interval {
  readonly lower: number | null;
  readonly upper: number | null;
  readonly method: IntervalMethod;
}

/** A figure from a sample, and where the true one is to be expected. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** The probability of at most `count` successes in `trials`, each of which has this probability. */
export function binomialCdf(count: number, trials: number, probability: number): number {
  if (count < 0) return 0;
  if (count >= trials) return 1;
  return regularizedBeta(1 - probability, trials - count, count + 1);
}

/** The least whole number in [from, to] for which a monotonic condition holds; `to` where it holds for none. */
export function firstWhere(from: number, to: number, holds: (value: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Halvings of [0, 1]: to the last bit of what rates need. */
const BISECTIONS = 50;

/**
 * A rate with Clopper's and Pearson's interval (Biometrika 26, 1934). It never covers less than it says, whatever
 * the true rate is; Wilson's is shorter, but for rare events it may fall far below.
 * @param events may be a part of one, as `trials` may: of means, and of effective sizes
 * @throws RangeError without trials
 */
export function rate(events: number, trials: number, tail = TAIL): Estimate {
  if (!(trials > 0)) throw new RangeError('There are no trials to take a rate of.');
  const lower = events === 0 ? 0 : root((p) => !isBelowRate(p, events, trials, tail));
  const upper = events === trials ? 1 : root((p) => isAboveRate(p, events, trials, tail));
  return { value: events / trials, interval: { lower, upper, method: 'clopper-pearson' } };
}

/** Whether a share is below the interval of `rate`: less work than to find its end. */
export const isBelowRate = (share: number, events: number, trials: number, tail = TAIL): boolean =>
  1 - binomialCdf(events - 1, trials, share) < tail;

/** Whether a share is at or above the upper end of the interval of `rate`. */
export const isAboveRate = (share: number, events: number, trials: number, tail = TAIL): boolean =>
  binomialCdf(events, trials, share) <= tail;

/**
 * Mean of values in [0, 1], e.g. of scores by question, with Clopper's and Pearson's interval for a rate of the same
 * size: of all values in [0, 1] with a given mean, those that are either 0 or 1 vary most, so it covers at least as much
 * as for them. Resampling a dozen scores of which most are 1 would claim far more certainty than there is.
 * @throws RangeError without values
 */
export const boundedMean = (values: readonly number[], tail = TAIL): Estimate =>
  rate(
    // Sums of thirds miss whole numbers by their last bits.
    Number(sumOf(values).toFixed(9)),
    values.length,
    tail,
  );

/** What happened of how often it could have, within one question. */
interface Cluster {
  readonly events: number;
  readonly trials: number;
}

/**
 * A rate of events that may come together by question, as where a model refuses one question in each run: the interval
 * of `rate` for as many independent trials as say the same (Korn and Graubard, Survey Methodology 24, 1998). Where
 * nothing or everything happened, nothing is known of clusters.
 * @param clusters with a trial at least
 */
export function clusteredRate(clusters: readonly Cluster[], tail = TAIL): Estimate {
  const sum = (read: (cluster: Cluster) => number): number => sumOf(clusters.map(read));
  const [events, trials, count] = [sum((one) => one.events), sum((one) => one.trials), clusters.length];
  const value = events / trials;
  if (events === 0 || events === trials || count < 2) return rate(events, trials, tail);
  const squares = sum((cluster) => (cluster.events - value * cluster.trials) ** 2);
  const variance = ((count / (count - 1)) * squares) / trials ** 2;
  const degrees = (studentT(trials - 1, tail) / studentT(count - 1, tail)) ** 2;
  const effective = Math.min(trials, (degrees * value * (1 - value)) / variance);
  return { value, interval: rate(value * effective, effective, tail).interval };
}

/** What Student's t with so many degrees of freedom exceeds in that share of all cases, and falls below in as many. */
export function studentT(degrees: number, tail = TAIL): number {
  // Its tails are those of a beta distribution of degrees / (degrees + t²).
  const x = root((share) => regularizedBeta(share, degrees / 2, 1 / 2) >= 2 * tail);
  return Math.sqrt(degrees / x - degrees);
}

/** The probability at which a monotonic condition begins to hold. */
function root(holds: (probability: number) => boolean): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
