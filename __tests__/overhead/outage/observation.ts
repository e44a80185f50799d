import type { Samples } from '../load/closed-loop';
import type { ModelMode } from '../upstream/converse-server';
import type { LogEvent } from './log-event';

/** A caller's request; times are epoch milliseconds. */
export interface CallerRequest {
  readonly startedAt: number;
  readonly endedAt: number;
  /** `primary`, `fallback`, `degraded`, or what came instead of an answer. */
  readonly tier: string;
}

/** A phase as it was run. */
export interface ObservedPhase {
  readonly name: string;
  readonly mode: ModelMode;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Calls of the primary model that reached the upstream, by its own count. */
  readonly primaryCalls: number;
}

/** All that an outage run has seen. */
export interface Observation {
  readonly primaryModel: string;
  readonly phases: readonly ObservedPhase[];
  readonly requests: readonly CallerRequest[];
  readonly events: readonly LogEvent[];
}

export const requestsOf = ({ startedAt, latencyMs, tiers }: Samples): readonly CallerRequest[] =>
  tiers.map((tier, index) => {
    const start = startedAt[index] ?? NaN;
    return { startedAt: start, endedAt: start + (latencyMs[index] ?? NaN), tier };
  });

/** @returns requests by who answered them */
export function countTiers(
  requests: readonly Pick<CallerRequest, 'tier'>[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { tier } of requests) counts[tier] = (counts[tier] ?? 0) + 1;
  return counts;
}

/**
 * When a circuit opened, by the earliest witness: an instance that Lambda freezes between its write and its log
 * line logs the transition at its next invocation.
 * @param events of one model, from its death on
 * @returns epoch milliseconds
 */
export const openingIn = (events: readonly LogEvent[]): number | undefined =>
  events
    .filter((event) => event.kind === 'refusal' || (event.kind === 'transition' && event.to === 'open'))
    .map(({ at }) => at)
    .sort((one, other) => one - other)[0];
