import { randomUUID } from 'node:crypto';
import { phaseOf, type Circuit, type CircuitSettings, type Phase } from '../../../contract/circuit';
import type { Source } from '../../../contract/workflow';
import { within } from '../bounded-wait';
import type { CircuitStore } from './circuit-store';
import { OwnRecord } from './own-record';
import { SharedCircuits, type SharedCircuitsOptions } from './shared-circuits';
import { isProbeDue, type CircuitEvent } from './transition';

/**
 * How a call that was let through ended. `alive`: its model serves, but what came of the call says nothing of how well:
 * good for a probe, nothing for a closed circuit. `void` says nothing about the model, such as a fault of the request.
 */
export type CallOutcome = 'good' | 'alive' | 'bad' | 'void';

/** Leave for one call of a model; it must be settled, and is settled once. */
export interface Permit {
  readonly phase: Phase;
  /** The model has shown a sign of life: the next probe need not wait for the end of this one. */
  heard(): void;
  settle(outcome: CallOutcome): Promise<void>;
}

export interface CircuitBreakerOptions {
  readonly store: CircuitStore;
  readonly settings: CircuitSettings;
  readonly now?: () => number;
  readonly onTransition: (model: string, from: Phase, to: Phase) => void;
  readonly onStoreFailure: SharedCircuitsOptions['onStoreFailure'];
}

/** A failure is worth more than a look: Lambda freezes an instance that has answered, and its write with it. */
const FAILURE_WAIT_MS = 250;

/** A probe is one caller in a whole back-off: a lease that comes too late would stand in the way of the next. */
const LEASE_WAIT_MS = 120;

/** What a probe found out, or that it found out nothing, is what all the others wait for. */
const VERDICT_WAIT_MS = 1_000;

/** A lease outlasts its call by the skew between two instances' clocks, and by the way of its result. */
const LEASE_MARGIN_MS = 3_000;

/**
 * Closed, open, half-open, for each model of a region, over all instances. While a circuit is open, a call is
 * refused at once; then one probe at a time finds out whether the model is back, held by a lease until the model shows
 * a sign of life: how long it then speaks, a caller decides.
 */
export class CircuitBreaker {
  private readonly circuits: SharedCircuits;
  private readonly records = new Map<string, OwnRecord>();
  private readonly now: () => number;

  constructor(private readonly options: CircuitBreakerOptions) {
    this.now = options.now ?? Date.now;
    this.circuits = new SharedCircuits({
      ...options,
      now: this.now,
      // What an instance remembers of before an outage says nothing about the time after it.
      onClosed: (model) => this.records.delete(model),
    });
  }

  /**
   * @param callMs how long the call may take at the most
   * @returns undefined when the next tier is to be taken at once
   */
  async permit(model: string, callMs: number, source: Source): Promise<Permit | undefined> {
    const circuit = await this.circuits.current(model, callMs);
    const phase = phaseOf(circuit, this.now());
    if (phase === 'closed') return this.freeCall(circuit);
    if (source === 'canary') return circuit.forced === true ? undefined : this.canaryCall(model, phase);
    return isProbeDue(circuit, this.now()) ? this.probe(model, callMs) : undefined;
  }

  private freeCall(circuit: Circuit): Permit {
    return {
      phase: 'closed',
      heard: () => undefined,
      settle: (outcome) => this.record(circuit, outcome),
    };
  }

  /**
   * The canary is there to find out whether the model serves, not what callers have made of its circuit: it asks beside
   * their probes. What it finds to be good counts as a probe does.
   */
  private canaryCall(model: string, phase: Phase): Permit {
    return {
      phase,
      heard: () => undefined,
      settle: async (outcome) => {
        if (outcome !== 'good' && outcome !== 'alive') return;
        const verdict = this.circuits.apply(model, { kind: 'probe_good', owner: 'canary', heard: true });
        await within(verdict, VERDICT_WAIT_MS);
      },
    };
  }

  private async probe(model: string, callMs: number): Promise<Permit | undefined> {
    const owner = randomUUID();
    const until = this.now() + callMs + LEASE_MARGIN_MS;
    const leasing = this.circuits.apply(model, { kind: 'lease', owner, until });
    const circuit = await within(leasing, LEASE_WAIT_MS);
    if (circuit === undefined) {
      // A lease that comes too late is given back, so that nobody waits for its end.
      void leasing.then(async (late) => {
        if (late?.lease?.owner === owner) await this.circuits.apply(model, { kind: 'release', owner });
      });
    }
    // What this instance took for open, another has closed meanwhile.
    if (circuit !== undefined && phaseOf(circuit, this.now()) === 'closed') return this.freeCall(circuit);
    return circuit?.lease?.owner === owner ? this.leasedCall(model, owner) : undefined;
  }

  private leasedCall(model: string, owner: string): Permit {
    let releasing: Promise<unknown> | undefined;
    return {
      phase: 'half_open',
      heard: () => {
        releasing ??= this.circuits.apply(model, { kind: 'release', owner });
      },
      settle: async (outcome) => {
        const heard = releasing !== undefined;
        const kind = outcome === 'bad' ? 'probe_bad' : 'probe_good';
        const event =
          outcome === 'void' ? ({ kind: 'release', owner } as const) : ({ kind, owner, heard } as const);
        await within(Promise.all([releasing, this.circuits.apply(model, event)]), VERDICT_WAIT_MS);
      },
    };
  }

  private async record({ model, closings }: Circuit, outcome: CallOutcome): Promise<void> {
    if (outcome === 'void' || outcome === 'alive') return;
    const record = this.records.get(model) ?? new OwnRecord(this.options.settings);
    this.records.set(model, record);
    record.add(outcome === 'bad', this.now());
    if (outcome === 'good' || !record.isWorthSharing()) return;
    const count = record.takeUntold();
    const event: CircuitEvent = record.isTripped()
      ? { kind: 'tripped', closings }
      : { kind: 'failed', count, closings };
    await within(this.circuits.apply(model, event), FAILURE_WAIT_MS);
  }
}
