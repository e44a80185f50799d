import type { Clock } from '../../platform/clock';

/**
 * How long a job takes, in emulated milliseconds. All of it is invented: AWS names no durations, and real jobs take
 * from half an hour to many hours. The sample dataset's job ends within two minutes, and its phases can be watched;
 * 20,000 records and 5 epochs take some 80 minutes.
 */
export const VALIDATION_MS = 10_000;
export const DATA_PROCESSING_MS = 10_000;
export const STOPPING_MS = 5_000;
const TRAINING_BASE_MS = 30_000;
const TRAINING_PER_RECORD_MS = 50;

export const trainingMs = (records: number, epochs: number): number =>
  TRAINING_BASE_MS + TRAINING_PER_RECORD_MS * records * epochs;

/** How long it takes until a model can be invoked; invented as well. AWS needs minutes. */
export const DEPLOYING_MS = 20_000;
export const PROVISIONING_MS = 60_000;

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
