/** How far a run is; calls made before it was resumed count as done. */
export interface Progress {
  /** Calls ended or skipped, warm-up calls included. */
  readonly done: number;
  readonly total: number;
  /** US dollars charged so far. */
  readonly spentUsd: number;
  /** Milliseconds that the rest takes at the pace so far. */
  readonly remainingMs: number;
}

export class ProgressMeter {
  private ended = 0;

  /**
   * @param before calls done before this part of the run
   * @param total calls of the whole run
   */
  constructor(
    private readonly before: number,
    private readonly total: number,
    private readonly now: () => number,
    private readonly startedAt = now(),
  ) {}

  /** One more call has ended. */
  advance(spentUsd: number): Progress {
    this.ended += 1;
    const done = this.before + this.ended;
    const pace = (this.now() - this.startedAt) / this.ended;
    return { done, total: this.total, spentUsd, remainingMs: pace * (this.total - done) };
  }
}
