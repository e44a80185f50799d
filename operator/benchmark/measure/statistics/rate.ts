/** Of every interval: over many runs, it holds the true value in at least about this share of them. */
export const CONFIDENCE = 0.95;

/** How an interval was found; where the README says why. */
export type IntervalMethod = 'bootstrap' | 'bootstrap-t' | 'order-statistics' | 'clopper-pearson';

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

/** Coefficients of Lanczos's approximation of the gamma function, g = 7, n = 9: relative error below 1e-14. */
const LANCZOS_CONSTANT = 0.99999999999980993;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** @param x above 0 */
function logGamma(x: number): number {
  const sum = LANCZOS.reduce(
    (total, coefficient, index) => total + coefficient / (x + index),
    LANCZOS_CONSTANT,
  );
  const base = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

const PRECISION = 1e-14;
const MAX_TERMS = 10_000;
/** In place of a zero, which the recurrence cannot divide by. */
const TINY = 1e-300;

/** Continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  const awayFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < MAX_TERMS; m += 1) {
    let change = 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const coefficient of [even, odd]) {
      d = 1 / awayFromZero(1 + coefficient * d);
      c = awayFromZero(1 + coefficient / c);
      change = c * d;
      result *= change;
    }
    if (Math.abs(change - 1) < PRECISION) return result;
  }
  throw new RangeError(`The incomplete beta function of ${a} and ${b} did not converge at ${x}.`);
}

/**
 * The regularized incomplete beta function, which is the distribution function of Beta(a, b).
 * @param x in [0, 1]
 * @param a above 0
 * @param b above 0
 */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on this side of the mean only.
  if (x < (a + 1) / (a + b + 2)) return (factor * continuedFraction(x, a, b)) / a;
  return 1 - (factor * continuedFraction(1 - x, b, a)) / b;
}

/** Halvings of [0, 1]: to the last bit of what rates need. */
const BISECTIONS = 50;

/**
 * A rate with Clopper's and Pearson's interval (Biometrika 26, 1934). It never covers less than it says, whatever
 * the true rate is; Wilson's is shorter, but for rare events it may fall far below.
 * @param trials 1 or more
 * @throws RangeError without trials
 */
export function rate(events: number, trials: number): Estimate {
  if (trials < 1) throw new RangeError('There are no trials to take a rate of.');
  const tail = (1 - CONFIDENCE) / 2;
  const lower = events === 0 ? 0 : root((p) => 1 - binomialCdf(events - 1, trials, p) >= tail);
  const upper = events === trials ? 1 : root((p) => binomialCdf(events, trials, p) <= tail);
  return { value: events / trials, interval: { lower, upper, method: 'clopper-pearson' } };
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
