import type { Samples } from '../load/closed-loop';

/** One variant under load for a moment. */
export interface Slice {
  /** Milliseconds of each call, ascending. */
  readonly latencyMs: Float64Array;
  readonly elapsedMs: number;
  /** Of the process that makes the calls. */
  readonly cpuMs: number;
  /** What came instead of the primary model's answer: the run is of no worth if there is any. */
  readonly failures: readonly string[];
}

export const sliceOf = ({ latencyMs, elapsedMs, cpuMs, tiers }: Samples): Slice => ({
  latencyMs: latencyMs.slice().sort(),
  elapsedMs,
  cpuMs,
  failures: tiers.filter((tier) => tier !== 'primary'),
});

/** @returns calls a second */
export const throughputOf = ({ latencyMs, elapsedMs }: Pick<Slice, 'latencyMs' | 'elapsedMs'>): number =>
  (latencyMs.length / elapsedMs) * 1_000;

/** @returns milliseconds of CPU time a call */
export const cpuPerCall = ({ latencyMs, cpuMs }: Pick<Slice, 'latencyMs' | 'cpuMs'>): number =>
  cpuMs / latencyMs.length;
