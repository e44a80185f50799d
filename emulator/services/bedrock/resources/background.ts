import type { Clock } from '../../../run/clock';

/** What goes on after a request has been answered; all of it ends with `close`. */
export class Background {
  private readonly closed = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly clock: Clock) {}

  /**
   * Starts a task. One that its signal has ended is over; what else it throws is a defect, and ends the process.
   * @param cancelled ends this task alone
   */
  run(task: (signal: AbortSignal) => Promise<void>, cancelled?: AbortSignal): void {
    const signal = cancelled ? AbortSignal.any([this.closed.signal, cancelled]) : this.closed.signal;
    const run = task(signal)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      })
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** @param ms emulated milliseconds until then */
  later(ms: number, task: () => void): void {
    this.run(async (signal) => {
      await this.clock.sleep(ms, signal);
      task();
    });
  }

  async close(): Promise<void> {
    this.closed.abort();
    await Promise.allSettled(this.running);
  }
}

/**
 * Sleeps until a moment of emulated time, so that work done in between costs none.
 * @throws the signal's AbortError
 */
export async function sleepUntil(clock: Clock, time: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const remaining = time - clock.now();
  if (remaining > 0) await clock.sleep(remaining, signal);
}
