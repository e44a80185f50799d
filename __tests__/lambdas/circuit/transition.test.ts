import fc from 'fast-check';
import { asOf, forced, phaseOf, untouched, type Circuit } from '../../../contract/circuit';
import {
  backoffMs,
  isProbeDue,
  transition,
  type CircuitEvent,
} from '../../../lambdas/tier/circuit/transition';
import { SETTINGS } from './settings';

const NOW = 1_000_000;
const circuit = (values: Partial<Circuit>): Circuit => ({ ...untouched('model'), version: 5, ...values });

const CIRCUITS = {
  closed: circuit({}),
  failing: circuit({ failures: 2, windowStart: NOW - 1_000 }),
  failedLongAgo: circuit({ failures: 2, windowStart: NOW - 30_000 }),
  closedSince: circuit({ closings: 1 }),
  open: circuit({ state: 'open', openUntil: NOW + 1, failedProbes: 1 }),
  halfOpen: circuit({ state: 'open', openUntil: NOW, failedProbes: 1 }),
  probing: circuit({
    state: 'open',
    openUntil: NOW,
    failedProbes: 1,
    lease: { owner: 'me', until: NOW + 1 },
  }),
  probeLost: circuit({ state: 'open', openUntil: NOW, lease: { owner: 'dead', until: NOW } }),
  onceGood: circuit({ state: 'open', openUntil: NOW, goodProbes: 1, lease: { owner: 'me', until: NOW + 1 } }),
  forced: circuit({ state: 'open', openUntil: NOW - 1, forced: true }),
  halfOpenStill: circuit({ state: 'open', openUntil: NOW - 30_000, forgottenAt: NOW + 1 }),
  forgotten: circuit({ state: 'open', openUntil: NOW - 30_000, forgottenAt: NOW, goodProbes: 1 }),
} as const;

const failed = (count: number): CircuitEvent => ({ kind: 'failed', count, closings: 0 });
const TRIPPED: CircuitEvent = { kind: 'tripped', closings: 0 };
const LEASE: CircuitEvent = { kind: 'lease', owner: 'new', until: NOW + 99 };
const RELEASE: CircuitEvent = { kind: 'release', owner: 'me' };
const verdict = (kind: 'probe_good' | 'probe_bad', owner: string, heard: boolean): CircuitEvent => ({
  kind,
  owner,
  heard,
});
const mine = (kind: 'probe_good' | 'probe_bad') => verdict(kind, 'me', false);
const heard = (kind: 'probe_good' | 'probe_bad') => verdict(kind, 'another', true);

const UNCHANGED = 'unchanged';
const CLOSED: Partial<Circuit> = { state: 'closed', failures: 0 };
const CLOSED_AGAIN: Partial<Circuit> = { ...CLOSED, closings: 1 };
const opened = (failedProbes: number, seconds: number): Partial<Circuit> => ({
  state: 'open',
  failedProbes,
  goodProbes: 0,
  openUntil: NOW + seconds * 1_000,
  forgottenAt: NOW + seconds * 1_000 + 30_000,
});

describe('a circuit', () => {
  it.each<[keyof typeof CIRCUITS, CircuitEvent, Partial<Circuit> | typeof UNCHANGED]>([
    ['closed', failed(1), { ...CLOSED, failures: 1, windowStart: NOW }],
    ['closed', failed(2), { ...CLOSED, failures: 2, windowStart: NOW }],
    ['closed', failed(3), opened(0, 10)],
    ['failing', failed(1), opened(0, 10)],
    ['failedLongAgo', failed(1), { ...CLOSED, failures: 1, windowStart: NOW }],
    ['open', failed(1), UNCHANGED],
    ['halfOpen', failed(1), UNCHANGED],
    ['closed', TRIPPED, opened(0, 10)],
    ['open', TRIPPED, UNCHANGED],
    ['closedSince', failed(3), UNCHANGED],
    ['closedSince', TRIPPED, UNCHANGED],

    ['closed', LEASE, UNCHANGED],
    ['open', LEASE, UNCHANGED],
    [
      'halfOpen',
      LEASE,
      { state: 'open', lease: { owner: 'new', until: NOW + 99 }, forgottenAt: NOW + 99 + 30_000 },
    ],
    ['probing', LEASE, UNCHANGED],
    ['probeLost', LEASE, { lease: { owner: 'new', until: NOW + 99 } }],
    ['forced', LEASE, UNCHANGED],

    ['probing', mine('probe_good'), { state: 'open', goodProbes: 1, openUntil: NOW }],
    ['onceGood', mine('probe_good'), CLOSED_AGAIN],
    ['probing', mine('probe_bad'), opened(2, 40)],
    ['onceGood', mine('probe_bad'), opened(1, 20)],
    ['probing', RELEASE, { state: 'open', goodProbes: 0, failedProbes: 1 }],
    ['probeLost', RELEASE, UNCHANGED],
    ['halfOpen', RELEASE, UNCHANGED],
    ['probing', heard('probe_good'), { goodProbes: 1, lease: { owner: 'me', until: NOW + 1 } }],
    ['onceGood', heard('probe_good'), CLOSED_AGAIN],
    ['probing', heard('probe_bad'), opened(2, 40)],
    ['halfOpen', heard('probe_good'), { goodProbes: 1 }],
    ['open', heard('probe_good'), UNCHANGED],
    ['open', heard('probe_bad'), UNCHANGED],
    ['forced', heard('probe_good'), UNCHANGED],
    ['closed', heard('probe_good'), UNCHANGED],
    ['closed', heard('probe_bad'), UNCHANGED],
    ['probeLost', mine('probe_good'), UNCHANGED],
    ['probeLost', mine('probe_bad'), UNCHANGED],
    ['closed', mine('probe_good'), UNCHANGED],

    ['forgotten', { kind: 'failed', count: 1, closings: 1 }, { ...CLOSED_AGAIN, failures: 1 }],
    ['forgotten', { kind: 'tripped', closings: 1 }, opened(0, 10)],
    ['forgotten', failed(3), UNCHANGED],
    ['forgotten', LEASE, UNCHANGED],
    ['forgotten', heard('probe_bad'), UNCHANGED],
  ])('that is %s, on %j, becomes %j', (name, event, expected) => {
    const before = asOf(CIRCUITS[name], NOW);
    const after = transition(before, event, NOW, SETTINGS);
    if (expected === UNCHANGED) expect(after).toBe(before);
    else expect(after).toMatchObject({ ...expected, version: before.version + 1 });
  });

  it.each([mine('probe_good'), mine('probe_bad'), RELEASE])('gives its lease back with %j', (event) => {
    expect(transition(CIRCUITS.probing, event, NOW, SETTINGS).lease).toBeUndefined();
  });

  it.each([
    ['closed', 'closed', false],
    ['open', 'open', false],
    ['halfOpen', 'half_open', true],
    ['probing', 'half_open', false],
    ['probeLost', 'half_open', true],
    ['forced', 'open', false],
    ['halfOpenStill', 'half_open', true],
    ['forgotten', 'closed', false],
  ] as const)('that is %s is in the phase %s; a probe is due: %s', (name, phase, due) => {
    expect(phaseOf(CIRCUITS[name], NOW)).toBe(phase);
    expect(isProbeDue(CIRCUITS[name], NOW)).toBe(due);
  });

  it('obeys an operator, whatever its state', () => {
    for (const before of Object.values(CIRCUITS)) {
      expect(phaseOf(forced(before, 'open'), Number.MAX_SAFE_INTEGER)).toBe('open');
      expect(phaseOf(forced(before, 'closed'), NOW)).toBe('closed');
      expect(forced(before, 'closed').version).toBe(before.version + 1);
      expect(forced(before, 'closed').closings).toBe(before.closings + 1);
      expect(forced(before, 'open').closings).toBe(before.closings);
    }
  });

  it('backs off between failed probes, up to a bound', () => {
    expect([0, 1, 2, 3, 30].map((failed) => backoffMs(failed, SETTINGS) / 1_000)).toEqual([
      10, 20, 40, 60, 60,
    ]);
  });
});

/** A step of one of several instances, each of which goes by its own clock and by what it last read. */
interface Step {
  readonly instance: number;
  readonly event: 'read' | 'failed' | 'tripped' | 'lease' | 'probe_good' | 'probe_bad' | 'release' | 'die';
  readonly afterMs: number;
}

const CALL_MS = 2_000;
const SKEW_MS = 1_000;
const LEASE_MARGIN_MS = 3_000;

describe('a circuit shared by instances in any interleaving', () => {
  const steps = fc.array(
    fc.record<Step>({
      instance: fc.nat(2),
      event: fc.constantFrom(
        ...(['read', 'failed', 'tripped', 'lease', 'probe_good', 'probe_bad', 'release', 'die'] as const),
      ),
      afterMs: fc.oneof(fc.nat(50), fc.nat(4_000), fc.nat(20_000)),
    }),
    { maxLength: 120, size: 'max' },
  );
  const skews = fc.array(fc.integer({ min: -SKEW_MS / 2, max: SKEW_MS / 2 }), { minLength: 3, maxLength: 3 });

  it('lets one probe at a time through that has not heard its model, and loses no opening', () => {
    const happened = new Set<string>();
    fc.assert(
      fc.property(steps, skews, (interleaving, skewOf) => {
        let stored = untouched('model');
        let time = NOW;
        const views = skewOf.map(() => stored);
        const probes = new Map<string, { readonly instance: number; readonly endsAt: number }>();
        let leases = 0;

        for (const { instance, event, afterMs } of interleaving) {
          time += afterMs;
          for (const [owner, { endsAt }] of probes) if (endsAt < time) probes.delete(owner);
          const mineNow = time + (skewOf[instance] ?? 0);
          const owner = [...probes].find(([, probe]) => probe.instance === instance)?.[0];
          if (event === 'read') views[instance] = stored;
          if (event === 'die' && owner !== undefined) probes.delete(owner);
          if (event === 'read' || event === 'die') continue;
          const endsProbe = event.startsWith('probe_') || event === 'release';
          if (endsProbe && owner === undefined) continue;

          const seen = asOf(views[instance] ?? stored, mineNow);
          const { closings } = seen;
          const made: CircuitEvent =
            event === 'lease'
              ? { kind: event, owner: `lease-${(leases += 1)}`, until: mineNow + CALL_MS + LEASE_MARGIN_MS }
              : ({ kind: event, owner, count: 1, closings, heard: false } as CircuitEvent);
          const after = transition(seen, made, mineNow, SETTINGS);
          if (after === seen) continue;
          if (seen.version !== stored.version) {
            // The conditional write is refused, and the instance learns what stands there.
            views[instance] = stored;
            continue;
          }
          if (made.kind === 'lease') {
            expect([...probes.values()]).toEqual([]);
            probes.set(made.owner, { instance, endsAt: time + CALL_MS });
          } else if (owner !== undefined && endsProbe) probes.delete(owner);
          // An open circuit closes by good probes alone, or by a whole window in which nobody asks its model.
          if (seen.state === 'open' && after.state === 'closed') expect(made.kind).toBe('probe_good');
          happened.add(`${stored.state} -> ${after.state}`);
          expect(after.version).toBe(stored.version + 1);
          stored = views[instance] = after;
        }
      }),
      { numRuns: 500 },
    );
    expect(happened).toEqual(
      new Set(['closed -> closed', 'closed -> open', 'open -> open', 'open -> closed']),
    );
  });
});
