import { setTimeout as delay } from 'node:timers/promises';

/** Node waits 1 ms in place of any longer delay than this, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds that a timer of Node's can wait, of so many seconds: 24 days at the most. */
export const timerMs = (seconds: number): number => Math.min(seconds * 1_000, MAX_TIMER_MS);

/** Time as the emulated services see it. */
export interface Clock {
  /** Emulated milliseconds in a real one. */
  readonly speed: number;
  /** Emulated time, in milliseconds since 1970. */
  now(): number;
  /**
   * @param ms emulated milliseconds
   * @throws the signal's AbortError, once it is aborted
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Runs a task at a fixed rate; runs that this process was too late for are left out.
   * @param ms emulated milliseconds between two runs
   * @param firstAfter emulated milliseconds to the first run; default: `ms`
   * @returns stops it
   */
  every(ms: number, task: () => void, firstAfter?: number): () => void;
}

/** The machine's own time, run faster: what takes an hour on AWS takes six minutes at a speed of 10. */
export class AcceleratedClock implements Clock {
  private readonly start = Date.now();
  private readonly startedAt = performance.now();

  constructor(readonly speed = 1) {
    if (!(speed > 0 && Number.isFinite(speed))) {
      throw new RangeError(`The speed of time must be a positive number, not ${speed}.`);
    }
  }

  now(): number {
    return this.start + (performance.now() - this.startedAt) * this.speed;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await delay(ms / this.speed, undefined, signal && { signal });
  }

  every(ms: number, task: () => void, firstAfter = ms): () => void {
    let due = this.now() + firstAfter;
    let timer: NodeJS.Timeout;
    const wait = () => {
      const remaining = Math.max(0, (due - this.now()) / this.speed);
      timer = setTimeout(remaining > MAX_TIMER_MS ? wait : run, Math.min(remaining, MAX_TIMER_MS));
    };
    const run = () => {
      due += ms * Math.max(1, Math.ceil((this.now() - due) / ms));
      wait();
      task();
    };
    wait();
    return () => {
      clearTimeout(timer);
    };
  }
}

/** Another day's time, which goes on as the clock does: so many emulated milliseconds ahead of it. */
export const ahead = (clock: Pick<Clock, 'now'>, ms: number) => (): number => clock.now() + ms;
