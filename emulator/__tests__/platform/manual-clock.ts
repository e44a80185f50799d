import type { Clock } from '../../platform/clock';

interface Task {
  due: number;
  readonly ms: number;
  readonly run: () => void;
}

/** Time that passes only when it is told to; it begins at a full minute. */
export class ManualClock implements Clock {
  private time = 60_000 * 29_000_000;
  private readonly tasks = new Set<Task>();

  constructor(readonly speed = 1) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.every(
        Infinity,
        () => {
          stop();
          resolve();
        },
        ms,
      );
      signal?.addEventListener('abort', () => {
        stop();
        reject(signal.reason as Error);
      });
    });
  }

  every(ms: number, run: () => void, firstAfter = ms): () => void {
    const task = { due: this.time + firstAfter, ms, run };
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }

  /** Runs all that is due meanwhile, in order. */
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [next] = [...this.tasks].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.time = next.due;
      next.due += next.ms;
      next.run();
    }
    this.time = end;
  }
}
