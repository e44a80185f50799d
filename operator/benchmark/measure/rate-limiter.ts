import type { Plan } from '../result/plan';
import { pause, type RunClock } from './clock';

const intervalMs = (perSecond: number | null): number => (perSecond === null ? 0 : 1_000 / perSecond);

/**
 * Keeps the plan's rates, of all models together and of each model. They are kept from call to call, so that no burst
 * of ours is throttled.
 */
export class RateLimiter {
  /** When the next call may be sent, on the clock: of any model, and of each. */
  private freeAt = -Infinity;
  private readonly modelFreeAt = new Map<string, number>();

  constructor(
    private readonly rate: Plan['rate'],
    private readonly clock: RunClock,
  ) {}

  /** Resolves when a call of the model may be sent, or as soon as the signal is aborted. */
  async take(model: string, signal: AbortSignal): Promise<void> {
    // Both turns are taken together and only when both have come: one held while waiting would be lost to others.
    while (!signal.aborted) {
      const now = this.clock.now();
      const wait = Math.max(this.freeAt, this.modelFreeAt.get(model) ?? -Infinity) - now;
      if (wait <= 0) {
        this.freeAt = now + intervalMs(this.rate.total);
        this.modelFreeAt.set(model, now + intervalMs(this.rate.perModel));
        return;
      }
      await pause(this.clock, wait, signal);
    }
  }
}
