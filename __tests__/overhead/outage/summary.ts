import type { CircuitSettings } from '../../../contract/circuit';
import { latenciesOf, percentile, type Latencies } from '@assistant/operator/report';
import { deadPhase, type DeadPhase } from './dead-phase';
import { countTiers, type CallerRequest, type Observation } from './observation';
import { recovery, type Recovery } from './recovery';

/** Requests that ended within one bin. */
export interface TimelineBin {
  /** Milliseconds from the run's start to the bin's. */
  readonly atMs: number;
  readonly tiers: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly p50: number;
  readonly max: number;
}

export const BIN_MS = 250;

export interface OutageSetting {
  readonly concurrency: number;
  readonly thinkMs: number;
  readonly upstreamMs: number;
  readonly circuit: CircuitSettings;
}

export interface Outage {
  readonly setting: OutageSetting;
  /** The bare SDK's calls of the fallback model, at the same concurrency. */
  readonly fallbackAlone: Latencies;
  readonly healthy: Latencies & {
    /** Answers a second. */
    readonly throughput: number;
    readonly tiers: Readonly<Record<string, number>>;
  };
  readonly dead: readonly DeadPhase[];
  readonly recovered: readonly Recovery[];
  /** Milliseconds from the run's start. */
  readonly phases: readonly { readonly name: string; readonly fromMs: number; readonly toMs: number }[];
  readonly timeline: readonly TimelineBin[];
}

/**
 * @param observation whose first phase is a healthy one
 * @throws RangeError if that phase has no requests
 */
export function summarizeOutage(
  setting: OutageSetting,
  fallbackAlone: Latencies,
  observation: Observation,
): Outage {
  const [first, ...later] = observation.phases;
  if (first === undefined) throw new RangeError('The run has no phases.');
  const requests = observation.requests.filter(({ startedAt }) => startedAt < first.to);
  const healthy = latenciesOf(requests.map(({ startedAt, endedAt }) => endedAt - startedAt));
  // The next caller comes after a request and a think time at the latest.
  const probeMs = healthy.p99 + setting.thinkMs;
  return {
    setting,
    fallbackAlone,
    healthy: {
      ...healthy,
      throughput: (requests.length / (first.to - first.from)) * 1_000,
      tiers: countTiers(requests),
    },
    dead: later.filter(({ mode }) => mode !== 'healthy').map((phase) => deadPhase(phase, observation)),
    recovered: observation.phases.flatMap((phase, index) => {
      const before = observation.phases[index - 1];
      if (before === undefined || phase.mode !== 'healthy') return [];
      const options = { diedAt: before.from, settings: setting.circuit, probeMs };
      return [recovery(phase, observation, options)];
    }),
    phases: observation.phases.map(({ name, from, to }) => ({
      name,
      fromMs: from - first.from,
      toMs: to - first.from,
    })),
    timeline: timeline(observation.requests, first.from),
  };
}

/** @returns the bins in which a request ended, in order of time */
function timeline(requests: readonly CallerRequest[], from: number): readonly TimelineBin[] {
  const bins = new Map<number, CallerRequest[]>();
  for (const request of requests) {
    const index = Math.floor((request.endedAt - from) / BIN_MS);
    bins.set(index, [...(bins.get(index) ?? []), request]);
  }
  return [...bins.entries()]
    .sort(([one], [other]) => one - other)
    .map(([index, ended]) => {
      const sorted = Float64Array.from(ended, ({ startedAt, endedAt }) => endedAt - startedAt).sort();
      const [p50, max] = [percentile(sorted, 50), percentile(sorted, 100)];
      return { atMs: index * BIN_MS, tiers: countTiers(ended), p50, max };
    });
}
