import { describeError, withoutRerun } from '../../../command/errors';

export const NOT_YET = 'It is being read.';

/** After a failure, in milliseconds. */
const AGAIN_MS = 15_000;

/** Something of AWS that is read once in a while at most, however often it is looked at; a call that hangs delays nobody. */
export class Reading<T> {
  private known: T | string = NOT_YET;
  private isReading = false;
  private dueAt = -Infinity;

  /** @param everyMs from one answer to the next call */
  constructor(
    private readonly read: () => Promise<T>,
    private readonly everyMs: number,
  ) {}

  /** @returns what is known by now, or why it is not; what was known before a failure may be so no longer */
  get(): T | string {
    if (!this.isReading && performance.now() >= this.dueAt) void this.renew();
    return this.known;
  }

  private async renew(): Promise<void> {
    this.isReading = true;
    let pauseMs = this.everyMs;
    try {
      this.known = await this.read();
    } catch (error) {
      this.known = withoutRerun(describeError(error));
      pauseMs = Math.min(pauseMs, AGAIN_MS);
    }
    this.dueAt = performance.now() + pauseMs;
    this.isReading = false;
  }
}
