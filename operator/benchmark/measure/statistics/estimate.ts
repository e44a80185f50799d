/** Of every interval: over many runs, it holds the true value in at least about this share of them. */
export const CONFIDENCE = 0.95;

/** How an interval was found; where the README says why. */
export type IntervalMethod = 'bootstrap' | 'bootstrap-t' | 'order-statistics' | 'clopper-pearson';

/** An end that is null is unbounded: there is too little data to say. */
export interface Interval {
  readonly lower: number | null;
  readonly upper: number | null;
  readonly method: IntervalMethod;
}

/** A figure from a sample, and where the true one is to be expected. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}
