import { closed, phaseOf, untouched, type Circuit, type CircuitSettings } from '../../../contract/circuit';

/** What happens to a circuit. */
export type CircuitEvent =
  /** Calls failed, and their instance's own record does not make them exceptions. */
  | { readonly kind: 'failed'; readonly count: number; readonly closings: number }
  /** An instance's failure rate is over the limit. */
  | { readonly kind: 'tripped'; readonly closings: number }
  /** An instance asks for the one probe. */
  | { readonly kind: 'lease'; readonly owner: string; readonly until: number }
  /** A probe lets the next one go: its model has shown a sign of life, or it has ended without a verdict. */
  | { readonly kind: 'release'; readonly owner: string }
  /** A probe's verdict. One that is `heard`, of a probe whose model was, or of the canary, needs no lease. */
  | { readonly kind: 'probe_good' | 'probe_bad'; readonly owner: string; readonly heard: boolean };

/** Whether one more probe may go now. */
export const isProbeDue = (circuit: Circuit, now: number): boolean =>
  phaseOf(circuit, now) === 'half_open' && !(circuit.lease !== undefined && now < circuit.lease.until);

/** Milliseconds from an opening, or from a failed probe, to the next probe. */
export const backoffMs = (failedProbes: number, { openSeconds, maxOpenSeconds }: CircuitSettings): number =>
  Math.min(openSeconds * 2 ** failedProbes, maxOpenSeconds) * 1_000;

/**
 * The whole circuit breaker, as a pure function.
 * @param circuit as of now
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
      return isNews(circuit, event) ? counted(circuit, event.count, now, settings) : undefined;
    case 'tripped':
      return isNews(circuit, event) ? opened(circuit, 0, now, settings) : undefined;
    case 'lease': {
      const { owner, until } = event;
      const forgottenAt = until + settings.windowSeconds * 1_000;
      return isProbeDue(circuit, now) ? { ...circuit, forgottenAt, lease: { owner, until } } : undefined;
    }
    case 'release':
      return circuit.lease?.owner === event.owner ? released(circuit, event.owner) : undefined;
    case 'probe_good':
    case 'probe_bad': {
      const { kind, owner, heard } = event;
      // A silent probe that outlived its lease has lost its say: another one is under way.
      const hasSay = circuit.lease?.owner === owner || (heard && phaseOf(circuit, now) === 'half_open');
      if (!hasSay) return undefined;
      if (kind === 'probe_bad') return opened(circuit, circuit.failedProbes + 1, now, settings);
      const goodProbes = circuit.goodProbes + 1;
      return goodProbes < settings.goodProbes ? { ...released(circuit, owner), goodProbes } : closed(circuit);
    }
  }
}

/** A failure of before the circuit was closed says nothing: its instance may have been frozen with it. */
const isNews = ({ state, closings }: Circuit, event: { readonly closings: number }): boolean =>
  state === 'closed' && closings === event.closings;

function counted(circuit: Circuit, count: number, now: number, settings: CircuitSettings): Circuit {
  const inWindow = now - circuit.windowStart < settings.windowSeconds * 1_000;
  const failures = (inWindow ? circuit.failures : 0) + count;
  if (failures >= settings.failures) return opened(circuit, 0, now, settings);
  return { ...circuit, failures, windowStart: inWindow ? circuit.windowStart : now };
}

/** Without the lease, if it is this owner's. */
function released({ lease, ...circuit }: Circuit, owner: string): Circuit {
  return lease === undefined || lease.owner === owner ? circuit : { ...circuit, lease };
}

function opened(
  { model, version, closings }: Circuit,
  failedProbes: number,
  now: number,
  settings: CircuitSettings,
): Circuit {
  const openUntil = now + backoffMs(failedProbes, settings);
  const forgottenAt = openUntil + settings.windowSeconds * 1_000;
  return { ...untouched(model), version, closings, state: 'open', openUntil, forgottenAt, failedProbes };
}
