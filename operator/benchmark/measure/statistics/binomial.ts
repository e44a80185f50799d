import { regularizedBeta } from './incomplete-beta';

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
