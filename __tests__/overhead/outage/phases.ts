import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import type { ModelMode } from '../upstream/converse-server';

/** A stretch of the run in which the primary model behaves in one way. */
export interface Phase {
  readonly name: string;
  readonly mode: ModelMode;
  readonly durationMs: number;
}

/**
 * Short, so that a run sees several back-offs; what they do is the same as with longer ones. The share of a request
 * that the primary tier may take is short, too: it is how long a caller waits for a silent model.
 */
export const OVERRIDES = {
  circuit: {
    failures: 5,
    failureRate: 0.5,
    minimumCalls: 10,
    windowSeconds: 10,
    openSeconds: 0.5,
    maxOpenSeconds: 2,
    goodProbes: 2,
  },
  budget: { totalMs: 4_000, primaryMs: 1_000, reserveMs: 500 },
} as const satisfies Partial<AssistantConfig>;

/**
 * A recovery is as long as the worst case: a probe that the revival has come too late for, the longest back-off
 * after it, and the time that instances take to read of the closing.
 */
export const RECOVERY_MS = OVERRIDES.budget.primaryMs + OVERRIDES.circuit.maxOpenSeconds * 1_000 + 2_000;

/** @param deadMs of each outage; instances wait for a silent model at least once, and then the circuit opens */
export const outagePhases = (healthyMs: number, deadMs: number): readonly Phase[] => [
  { name: 'healthy', mode: 'healthy', durationMs: healthyMs },
  { name: 'dead: error', mode: 'error', durationMs: deadMs },
  { name: 'recovered from error', mode: 'healthy', durationMs: RECOVERY_MS },
  { name: 'dead: silent', mode: 'silent', durationMs: deadMs },
  { name: 'recovered from silence', mode: 'healthy', durationMs: RECOVERY_MS },
];
