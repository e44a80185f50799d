import { phaseOf, untouched, type Circuit, type CircuitSettings } from '../../../contract/circuit';

/** What happens to a circuit. */
export type CircuitEvent =
  /** Calls failed, and their instance's own record does not make them exceptions. */
  | { readonly kind: 'failed'; readonly count: number }
  /** An instance's failure rate is over the limit. */
  | { readonly kind: 'tripped' }
  /** An instance asks for the one probe. */
  | { readonly kind: 'lease'; readonly owner: string; readonly until: number }
  | { readonly kind: 'probe_good' | 'probe_bad' | 'probe_void'; readonly owner: string };

/** Whether one more probe may go now. */
export const isProbeDue = (circuit: Circuit, now: number): boolean =>
  phaseOf(circuit, now) === 'half_open' && !(circuit.lease !== undefined && now < circuit.lease.until);

/** Milliseconds from an opening, or from a failed probe, to the next probe. */
export const backoffMs = (failedProbes: number, { openSeconds, maxOpenSeconds }: CircuitSettings): number =>
  Math.min(openSeconds * 2 ** failedProbes, maxOpenSeconds) * 1_000;

/**
 * The whole circuit breaker, as a pure function.
 * @param now epoch milliseconds of the instance that the event happens to
 * @returns the circuit after the event, its version one higher; the very same object where the event changes nothing
 */
export function transition(
  circuit: Circuit,
  event: CircuitEvent,
  now: number,
  settings: CircuitSettings,
): Circuit {
  const changed = change(circuit, event, now, settings);
  return changed === undefined ? circuit : { ...changed, version: circuit.version + 1 };
}

function change(
  circuit: Circuit,
  event: CircuitEvent,
  now: number,
  settings: CircuitSettings,
): Circuit | undefined {
  switch (event.kind) {
    case 'failed':
      return circuit.state === 'closed' ? counted(circuit, event.count, now, settings) : undefined;
    case 'tripped':
      return circuit.state === 'closed' ? opened(circuit, 0, now, settings) : undefined;
    case 'lease': {
      const { owner, until } = event;
      return isProbeDue(circuit, now) ? { ...circuit, lease: { owner, until } } : undefined;
    }
    case 'probe_good':
    case 'probe_bad':
    case 'probe_void':
      // A probe that outlived its lease has lost its say: another one is under way.
      return circuit.lease?.owner === event.owner ? probed(circuit, event.kind, now, settings) : undefined;
  }
}

function counted(circuit: Circuit, count: number, now: number, settings: CircuitSettings): Circuit {
  const inWindow = now - circuit.windowStart < settings.windowSeconds * 1_000;
  const failures = (inWindow ? circuit.failures : 0) + count;
  if (failures >= settings.failures) return opened(circuit, 0, now, settings);
  return { ...circuit, failures, windowStart: inWindow ? circuit.windowStart : now };
}

function probed(
  circuit: Circuit,
  outcome: 'probe_good' | 'probe_bad' | 'probe_void',
  now: number,
  settings: CircuitSettings,
): Circuit {
  if (outcome === 'probe_bad') return opened(circuit, circuit.failedProbes + 1, now, settings);
  const { lease, ...released } = circuit;
  if (outcome === 'probe_void') return released;
  const goodProbes = circuit.goodProbes + 1;
  return goodProbes >= settings.goodProbes ? untouchedBut(circuit) : { ...released, goodProbes };
}

const untouchedBut = ({ model, version }: Circuit): Circuit => ({ ...untouched(model), version });

function opened(
  { model, version }: Circuit,
  failedProbes: number,
  now: number,
  settings: CircuitSettings,
): Circuit {
  const openUntil = now + backoffMs(failedProbes, settings);
  return { ...untouched(model), version, state: 'open', openUntil, failedProbes };
}
