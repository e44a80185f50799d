import type { CircuitSettings } from '../../../contract/circuit';

interface Call {
  readonly at: number;
  readonly failed: boolean;
}

/** Calls that are remembered: enough for a rate, and few enough that a change for the worse shows soon. */
const KEPT = 20;

/** Failures in a row that no healthy model has often. */
const RUN = 2;

/**
 * What one instance knows of its own calls of a model. Only failures are shared, so an instance whose other calls
 * go well keeps its exceptions to itself: else many healthy instances would open a circuit together.
 */
export class OwnRecord {
  private calls: readonly Call[] = [];
  /** Failures of the current run that the others have been told of. */
  private told = 0;

  constructor(private readonly settings: CircuitSettings) {}

  add(failed: boolean, now: number): void {
    const since = now - this.settings.windowSeconds * 1_000;
    this.calls = [...this.calls.filter(({ at }) => at > since), { at: now, failed }].slice(-KEPT);
    if (!failed) this.told = 0;
  }

  /** Whether the latest failure is worth telling the others. */
  isWorthSharing(): boolean {
    const run = this.calls.slice(-RUN);
    return (
      this.rate() >= this.settings.failureRate || (run.length === RUN && run.every(({ failed }) => failed))
    );
  }

  /**
   * @returns failures of the current run that nobody has been told of: the one that was taken for an exception is
   *   told with the next, so that of failures at the same moment in many instances none is lost
   */
  takeUntold(): number {
    const run = this.calls.length - 1 - this.calls.findLastIndex(({ failed }) => !failed);
    const untold = Math.max(1, run - this.told);
    this.told = run;
    return untold;
  }

  /** Whether the instance has seen enough by itself. */
  isTripped(): boolean {
    return this.calls.length >= this.settings.minimumCalls && this.rate() >= this.settings.failureRate;
  }

  private rate(): number {
    return this.calls.filter(({ failed }) => failed).length / this.calls.length;
  }
}
