import type { CircuitSettings } from '../../../contract/circuit';
import { backoffMs } from '../../../lambdas/tier/circuit/transition';
import type { LogEvent } from './log-event';
import { countTiers, openingIn, type Observation, type ObservedPhase } from './observation';

/** From a model's revival on. Times are milliseconds after it; what has not come is absent. */
export interface Recovery {
  readonly name: string;
  /** What was left of the back-off, and of a probe that had begun before the revival. */
  readonly waitMs: number;
  /** When the circuit must have closed: the wait, and as many good probes as it takes. */
  readonly boundMs: number;
  /** The first answer from the primary model, which is a probe's. */
  readonly firstPrimaryAfterMs?: number;
  readonly closedAfterMs?: number;
  /** The last request that the fallback model answered: from then on, every instance knows. */
  readonly lastFallbackAfterMs?: number;
  readonly tiers: Readonly<Record<string, number>>;
}

export interface RecoveryOptions {
  /** Epoch milliseconds at which the model had died. */
  readonly diedAt: number;
  readonly settings: CircuitSettings;
  /** How long a good probe takes, from one caller's request to the next. */
  readonly probeMs: number;
}

export function recovery(
  phase: ObservedPhase,
  { primaryModel, requests, events }: Observation,
  { diedAt, settings, probeMs }: RecoveryOptions,
): Recovery {
  const { name, from, to } = phase;
  const ofModel = events.filter(({ model }) => model === primaryModel);
  const dueAt = nextProbeAt(
    ofModel.filter(({ at }) => at >= diedAt && at < from),
    settings,
  );
  const waitMs = dueAt === undefined ? 0 : Math.max(0, dueAt - from);

  // What ends later may have met the next phase.
  const began = requests.filter(({ startedAt, endedAt }) => startedAt >= from && endedAt < to);
  const endOf = (tier: string) =>
    began.filter((request) => request.tier === tier).map(({ endedAt }) => endedAt - from);
  const [primary, fallback] = [endOf('primary'), endOf('fallback')];
  const closedAt = ofModel.find(
    (event) => event.kind === 'transition' && event.to === 'closed' && event.at >= from && event.at < to,
  )?.at;
  return {
    name,
    waitMs,
    boundMs: waitMs + settings.goodProbes * probeMs,
    ...(primary.length === 0 ? {} : { firstPrimaryAfterMs: Math.min(...primary) }),
    ...(closedAt === undefined ? {} : { closedAfterMs: closedAt - from }),
    ...(fallback.length === 0 ? {} : { lastFallbackAfterMs: Math.max(...fallback) }),
    tiers: countTiers(began),
  };
}

/**
 * When the back-off in force ends.
 * @param events of the dead model; a probe that began before the revival counts, whenever it failed
 */
function nextProbeAt(events: readonly LogEvent[], settings: CircuitSettings): number | undefined {
  const openedAt = openingIn(events);
  if (openedAt === undefined) return undefined;
  const failedProbes = events
    .filter((event) => event.kind === 'failed_call')
    .filter(({ circuit }) => circuit === 'half_open');
  const since = Math.max(openedAt, ...failedProbes.map(({ at, durationMs }) => at + durationMs));
  return since + backoffMs(failedProbes.length, settings);
}
