import type { Samples } from '../load/closed-loop';
import type { LogEvent } from '../system/log-event';
import type { ModelMode } from '../upstream/converse-server';

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
