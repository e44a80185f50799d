import { latenciesOf, percentile, type Latencies, spreadOver, type Spread } from '@assistant/operator/report';
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

/**
 * `bare`: the SDK's call. `handler`: the primary-model function's, for a caller without a daily limit. `limited`: for one
 * with, whose tokens are counted. `path`: the API of the whole local system, where everybody may ask; `shippedPath`: as it is
 * shipped, for a caller with a key and a limit. `firstToken`: the SDK's call again, timed to its first token; `firstDelta`:
 * the streaming function's, timed to its first `delta`, for a caller with a limit.
 */
export type Variant = 'bare' | 'handler' | 'limited' | 'path' | 'shippedPath' | 'firstToken' | 'firstDelta';
export const VARIANTS: readonly Variant[] = [
  'bare',
  'handler',
  'limited',
  'path',
  'shippedPath',
  'firstToken',
  'firstDelta',
];

/** What each is compared with. */
const BASES = {
  handler: 'bare',
  limited: 'handler',
  path: 'bare',
  shippedPath: 'bare',
  firstDelta: 'firstToken',
} as const;
export type Compared = keyof typeof BASES;
/** A path's work is done in other processes than its client's. */
export const isPath = (variant: Variant): boolean => variant === 'path' || variant === 'shippedPath';
export const isCompared = (variant: Variant): variant is Compared => variant in BASES;

/** The slices of one round, measured next to each other. */
export type Round = Readonly<Record<Variant, Slice>>;

/** All rounds of a variant together. */
export interface VariantSummary extends Latencies {
  readonly calls: number;
  /** Calls a second. */
  readonly throughput: number;
  /** CPU milliseconds a call, of the process that makes the calls: for a path, of its client alone. */
  readonly cpuMsPerCall: number;
}

/** A variant against its base, round by round. */
export interface Comparison {
  /** Ratio of the throughputs. */
  readonly throughput: Spread;
  /** Ratio of the 99th percentiles. */
  readonly p99: Spread;
  /** Milliseconds that the median is longer. */
  readonly addedP50Ms: Spread;
  /** Ratio of the CPU times a call. */
  readonly cpu: Spread;
}

export interface HealthyCell {
  /** Milliseconds that the stand-in upstream takes to answer. */
  readonly upstreamMs: number;
  readonly concurrency: number;
  readonly variants: Readonly<Record<Variant, VariantSummary>>;
  readonly againstBase: Readonly<Record<Compared, Comparison>>;
  /** Calls that were not answered by the primary model, with what came instead. */
  readonly failures: readonly string[];
}

/** @throws RangeError for a slice without calls */
export function summarize(
  { upstreamMs, concurrency }: Pick<HealthyCell, 'upstreamMs' | 'concurrency'>,
  rounds: readonly Round[],
): HealthyCell {
  return {
    upstreamMs,
    concurrency,
    variants: byVariant(VARIANTS, (variant) => summaryOf(rounds.map((round) => round[variant]))),
    againstBase: byVariant(VARIANTS.filter(isCompared), (variant) => comparisonOf(rounds, variant)),
    failures: rounds.flatMap((round) =>
      VARIANTS.flatMap((variant) => round[variant].failures.map((failure) => `${variant}: ${failure}`)),
    ),
  };
}

function summaryOf(slices: readonly Slice[]): VariantSummary {
  const samples = slices.flatMap(({ latencyMs }) => [...latencyMs]);
  const sum = (of: 'elapsedMs' | 'cpuMs') => slices.reduce((total, slice) => total + slice[of], 0);
  return {
    calls: samples.length,
    throughput: (samples.length / sum('elapsedMs')) * 1_000,
    cpuMsPerCall: sum('cpuMs') / samples.length,
    ...latenciesOf(samples),
  };
}

function comparisonOf(rounds: readonly Round[], variant: Compared): Comparison {
  const base = BASES[variant];
  const at = (slice: Slice, percent: number) => percentile(slice.latencyMs, percent);
  return {
    throughput: spreadOver(rounds, (round) => throughputOf(round[variant]) / throughputOf(round[base])),
    p99: spreadOver(rounds, (round) => at(round[variant], 99) / at(round[base], 99)),
    addedP50Ms: spreadOver(rounds, (round) => at(round[variant], 50) - at(round[base], 50)),
    cpu: spreadOver(rounds, (round) => cpuPerCall(round[variant]) / cpuPerCall(round[base])),
  };
}

const byVariant = <Name extends Variant, T>(names: readonly Name[], make: (name: Name) => T) =>
  Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
