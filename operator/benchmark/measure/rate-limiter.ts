import type { Plan } from '../result/plan';
import { pause, type RunClock } from './clock';

/** A token bucket that holds one token: a rate is kept from call to call, so that no burst of ours is throttled. */
class Bucket {
  private nextAt = -Infinity;

  constructor(private readonly intervalMs: number) {}

  freeAt(): number {
    return this.nextAt;
  }

  take(now: number): void {
    this.nextAt = Math.max(now, this.nextAt) + this.intervalMs;
  }
}

const bucketFor = (perSecond: number | null): Bucket =>
  new Bucket(perSecond === null ? 0 : 1_000 / perSecond);

/** Keeps the plan's rates, of all models together and of each model. */
export class RateLimiter {
  private readonly total: Bucket;
  private readonly byModel = new Map<string, Bucket>();

  constructor(
    private readonly rate: Plan['rate'],
    private readonly clock: RunClock,
  ) {
    this.total = bucketFor(rate.total);
  }

  /** Resolves when a call of the model may be sent, or as soon as the signal is aborted. */
  async take(model: string, signal: AbortSignal): Promise<void> {
    const bucket = this.byModel.get(model) ?? bucketFor(this.rate.perModel);
    this.byModel.set(model, bucket);
    // Tokens are taken together and only when both are there: a token held while waiting would be lost to others.
    while (!signal.aborted) {
      const now = this.clock.now();
      const wait = Math.max(this.total.freeAt(), bucket.freeAt()) - now;
      if (wait <= 0) {
        this.total.take(now);
        bucket.take(now);
        return;
      }
      await pause(this.clock, wait, signal);
    }
  }
}
