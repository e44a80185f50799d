import { latenciesOf, type Latencies } from '@assistant/operator/report';
import {
  countTiers,
  openingIn,
  type CallerRequest,
  type Observation,
  type ObservedPhase,
} from './observation';

/** A phase in which the primary model is dead. Times are milliseconds. */
export interface DeadPhase {
  readonly name: string;
  /** From the model's death; absent if the circuit never opened. */
  readonly openedAfterMs?: number;
  /** Calls that reached the dead model, by the functions' logs. */
  readonly calls: {
    readonly beforeOpening: number;
    /** After the opening, by instances that had not read of it yet. */
    readonly unaware: number;
    readonly probes: number;
    /** All of them, by the upstream's own count. */
    readonly upstream: number;
  };
  /** From the opening to the last call that was no probe. */
  readonly lastUnawareAfterMs: number;
  /** Of requests that began before the opening. */
  readonly beforeOpening?: Latencies;
  /** Of requests that began after it. */
  readonly afterOpening?: Latencies;
  /** Answers a second after the opening, with whatever tier. */
  readonly throughput: number;
  readonly tiers: Readonly<Record<string, number>>;
}

export function deadPhase(phase: ObservedPhase, observation: Observation): DeadPhase {
  const { name, from, to } = phase;
  const { primaryModel, events } = observation;
  const ofModel = events.filter(({ model, at }) => model === primaryModel && at >= from && at < to);
  const openedAt = openingIn(ofModel);
  const opening = openedAt ?? to;
  const calls = ofModel.filter((event) => event.kind === 'failed_call');
  const probes = calls.filter(({ circuit }) => circuit === 'half_open');
  const others = calls.filter(({ circuit }) => circuit !== 'half_open');
  const unaware = others.filter(({ at }) => at >= opening);

  const requests = observation.requests.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  const after = requests.filter(({ startedAt }) => startedAt >= opening);
  const before = requests.filter(({ startedAt }) => startedAt < opening);
  return {
    name,
    ...(openedAt === undefined ? {} : { openedAfterMs: openedAt - from }),
    calls: {
      beforeOpening: others.length - unaware.length,
      unaware: unaware.length,
      probes: probes.length,
      upstream: phase.primaryCalls,
    },
    lastUnawareAfterMs: Math.max(0, ...unaware.map(({ at }) => at - opening)),
    ...latencies('beforeOpening', before),
    ...latencies('afterOpening', after),
    throughput: openedAt === undefined ? 0 : (after.length / (to - opening)) * 1_000,
    tiers: countTiers(requests),
  };
}

/** Nothing where there were no requests. */
const latencies = <Name extends string>(
  name: Name,
  requests: readonly CallerRequest[],
): Partial<Record<Name, Latencies>> =>
  requests.length === 0
    ? {}
    : ({ [name]: latenciesOf(requests.map(({ startedAt, endedAt }) => endedAt - startedAt)) } as Record<
        Name,
        Latencies
      >);
