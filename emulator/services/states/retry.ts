import type { Retrier } from './definition';
import { matchesError } from './states-error';

/** Counts the retries of one visit to a state, for each of its retriers. */
export class RetryPolicy {
  private readonly attempts: number[];

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly random: () => number = Math.random,
  ) {
    this.attempts = retriers.map(() => 0);
  }

  /** @returns seconds to wait before the next attempt, or undefined if there is to be none */
  next(errorName: string): number | undefined {
    const index = this.retriers.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, errorName));
    const retrier = this.retriers[index];
    const attempt = this.attempts[index];
    if (!retrier || attempt === undefined || attempt >= retrier.MaxAttempts) return undefined;
    this.attempts[index] = attempt + 1;
    const { BackoffRate, IntervalSeconds, JitterStrategy, MaxDelaySeconds = Infinity } = retrier;
    const delay = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
    return JitterStrategy === 'FULL' ? this.random() * delay : delay;
  }
}
