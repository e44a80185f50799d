import { binomialCdf } from './binomial';
import { CONFIDENCE, type Estimate } from './estimate';

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
