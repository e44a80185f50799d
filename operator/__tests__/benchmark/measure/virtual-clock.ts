import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunClock } from '../../../benchmark/measure/clock';

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

/** Time that jumps to the next timer as soon as nothing else is left to do. */
export class VirtualClock implements RunClock {
  private time = 0;
  private readonly timers = new Set<Timer>();

  readonly now = (): number => this.time;
  readonly epoch = (): number => Date.parse('2026-11-22T00:00:00Z') + this.time;
  readonly after = (ms: number, run: () => void): (() => void) => {
    const timer = { due: this.time + ms, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  /** Lets time pass until a promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const state = { settled: false };
    const settle = (): void => {
      state.settled = true;
    };
    promise.then(settle, settle);
    for (;;) {
      await nextTurn();
      if (state.settled) return promise;
      this.jump();
    }
  }

  private jump(): void {
    let next: Timer | undefined;
    for (const timer of this.timers) if (next === undefined || timer.due < next.due) next = timer;
    if (next === undefined) throw new Error('Nothing is left that could happen.');
    this.timers.delete(next);
    this.time = Math.max(this.time, next.due);
    next.run();
  }
}
