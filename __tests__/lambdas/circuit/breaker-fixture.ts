import type { CircuitSettings } from '../../../contract/circuit';
import type { Source } from '../../../contract/workflow';
import { CircuitBreaker, type CallOutcome } from '../../../lambdas/tier/circuit/circuit-breaker';
import { MemoryStore } from './memory-store';
import { SETTINGS } from './settings';

export const MODEL = 'model';
export const CALL_MS = 1_000;

export function setUp(settings: Partial<CircuitSettings> = {}) {
  const store = new MemoryStore();
  const clock = { now: 1_000_000 };
  const transitions: string[] = [];
  const failures: unknown[] = [];
  const instance = (skewMs = 0) =>
    new CircuitBreaker({
      store,
      settings: { ...SETTINGS, ...settings },
      now: () => clock.now + skewMs,
      onTransition: (_, from, to) => transitions.push(`${from} -> ${to}`),
      onStoreFailure: (error, wasFrozen) => failures.push(wasFrozen ? 'frozen' : error),
    });
  return { store, clock, transitions, failures, instance };
}

/** Makes one call, if the circuit lets it through. */
export async function call(breaker: CircuitBreaker, outcome: CallOutcome, source: Source = 'caller') {
  const permit = await breaker.permit(MODEL, CALL_MS, source);
  await permit?.settle(outcome);
  return permit?.phase ?? 'refused';
}
