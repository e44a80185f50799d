import { randomUUID } from 'node:crypto';
import {
  phaseOf,
  untouched,
  type Circuit,
  type CircuitSettings,
  type Phase,
} from '../../../contract/circuit';
import { within } from '../bounded-wait';
import type { CircuitStore } from './circuit-store';
import { OwnRecord } from './own-record';
import { isProbeDue, transition, type CircuitEvent } from './transition';

/** How a call that was let through ended; `void` says nothing about the model, such as a fault of the request. */
export type CallOutcome = 'good' | 'bad' | 'void';

/** Leave for one call of a model; it must be settled, and is settled once. */
export interface Permit {
  readonly phase: Exclude<Phase, 'open'>;
  settle(outcome: CallOutcome): Promise<void>;
}

export interface CircuitBreakerOptions {
  readonly store: CircuitStore;
  readonly settings: CircuitSettings;
  readonly now?: () => number;
  readonly onTransition: (model: string, from: Phase, to: Phase) => void;
  readonly onStoreFailure: (error: unknown) => void;
}

/** For so long an instance believes what it has read: a healthy model costs one read a second at most. */
const CACHE_MS = 1_000;

/** No request of an instance that knows the circuit waits longer for the store; what it says later is still taken in. */
const STORE_WAIT_MS = 75;

/**
 * An instance without knowledge waits for its first read rather than guess: after a cold start, the connection to the
 * table alone takes hundreds of milliseconds. Once a read has failed it, it waits as one with knowledge does.
 */
const FIRST_READ_WAIT_MS = 1_000;

/** A failure is worth more than a look: Lambda freezes an instance that has answered, and its write with it. */
const FAILURE_WAIT_MS = 250;

/** A probe is one caller in a whole back-off: a lease that comes too late would stand in the way of the next. */
const LEASE_WAIT_MS = 120;

/** What a probe found out, or that it found out nothing, is what all the others wait for. */
const VERDICT_WAIT_MS = 1_000;

/** After a failure of the store, requests are spared the wait for this long. */
const STORE_REST_MS = 1_000;

/** Older knowledge, with a store that stays away, is no reason to refuse a call: fail open. */
const STALE_MS = 30_000;

/** A lease outlasts its call by the skew between two instances' clocks, and by the way of its result. */
const LEASE_MARGIN_MS = 3_000;

/**
 * Milliseconds that an instance which is awake never needs to bring one event into the store: a write and the read of
 * what stood in its way end after a second each. What took longer was frozen in between, and is of another time:
 * an operator may have closed the circuit since. What took less is news, even if it was frozen.
 */
const FROZEN_MS = 3_000;

/** Each conflict is a write of another instance; this many more than the failures that open the circuit are enough. */
const MORE_WRITES = 10;

interface Reading {
  readonly began: number;
  readonly done: Promise<void>;
}

interface View {
  readonly circuit: Circuit;
  /** As of when the store has confirmed it. */
  readonly confirmedAt: number;
}

/**
 * Closed, open, half-open, for each model of a region, over all instances. While a circuit is open, a call is
 * refused at once; then one probe at a time, held by a lease, finds out whether the model is back. The store being
 * away or slow never fails a request; it costs the first of an instance a second, and later ones tens of milliseconds.
 */
export class CircuitBreaker {
  private readonly views = new Map<string, View>();
  private readonly readings = new Map<string, Reading>();
  /** When a read has last failed, or been late, by model. */
  private readonly failedAt = new Map<string, number>();
  private readonly records = new Map<string, OwnRecord>();
  private readonly now: () => number;
  private restUntil = 0;

  constructor(private readonly options: CircuitBreakerOptions) {
    this.now = options.now ?? Date.now;
  }

  /**
   * @param callMs how long the call may take at the most
   * @returns undefined when the next tier is to be taken at once
   */
  async permit(model: string, callMs: number): Promise<Permit | undefined> {
    await this.refresh(model, callMs);
    const circuit = this.known(model);
    switch (phaseOf(circuit, this.now())) {
      case 'closed':
        return this.freeCall(model);
      case 'open':
        return undefined;
      case 'half_open':
        return isProbeDue(circuit, this.now()) ? this.probe(model, callMs) : undefined;
    }
  }

  private freeCall(model: string): Permit {
    return { phase: 'closed', settle: (outcome) => this.record(model, outcome) };
  }

  private async probe(model: string, callMs: number): Promise<Permit | undefined> {
    const owner = randomUUID();
    const until = this.now() + callMs + LEASE_MARGIN_MS;
    const leasing = this.apply(model, { kind: 'lease', owner, until });
    const circuit = await within(leasing, LEASE_WAIT_MS);
    if (circuit === undefined) {
      // A lease that comes too late is given back, so that nobody waits for its end.
      void leasing.then(async (late) => {
        if (late?.lease?.owner === owner) await this.apply(model, { kind: 'probe_void', owner });
      });
    }
    // What this instance took for open, another has closed meanwhile.
    if (circuit !== undefined && phaseOf(circuit, this.now()) === 'closed') return this.freeCall(model);
    if (circuit?.lease?.owner !== owner) return undefined;
    return {
      phase: 'half_open',
      settle: async (outcome) => {
        await within(this.apply(model, { kind: `probe_${outcome}`, owner }), VERDICT_WAIT_MS);
      },
    };
  }

  private async record(model: string, outcome: CallOutcome): Promise<void> {
    if (outcome === 'void') return;
    const record = this.records.get(model) ?? new OwnRecord(this.options.settings);
    this.records.set(model, record);
    record.add(outcome === 'bad', this.now());
    if (outcome === 'good' || !record.isWorthSharing()) return;
    const count = record.takeUntold();
    const event: CircuitEvent = record.isTripped() ? { kind: 'tripped' } : { kind: 'failed', count };
    await within(this.apply(model, event), FAILURE_WAIT_MS);
  }

  /**
   * Brings an event into the shared circuit.
   * @returns the circuit that the store has afterwards; undefined when the store cannot say. What an instance has
   *   found out by itself it then keeps to itself; a lease it does not have.
   */
  private async apply(model: string, event: CircuitEvent): Promise<Circuit | undefined> {
    const { store, settings } = this.options;
    const began = this.now();
    let before = this.known(model);
    try {
      for (let writes = 0; writes < settings.failures + MORE_WRITES; writes += 1) {
        const after = transition(before, event, this.now(), settings);
        const conflict = after === before ? undefined : await store.write(after);
        if (conflict === undefined) {
          this.tell(before, after);
          return this.confirm(after);
        }
        if (this.wasFrozen(began)) return undefined;
        before = conflict.current ?? untouched(model);
      }
    } catch (error) {
      this.storeFailed(model, error, began);
      const isOwn = event.kind === 'failed' || event.kind === 'tripped';
      if (isOwn && !this.wasFrozen(began)) this.keepToItself(model, event);
    }
    return undefined;
  }

  /** Reads the circuit when what is known of it is old, and waits for it no longer than a request can bear. */
  private async refresh(model: string, callMs: number): Promise<void> {
    const now = this.now();
    const view = this.views.get(model);
    if (view !== undefined && now - view.confirmedAt < CACHE_MS) return;
    const waitMs = this.hasTried(model) ? STORE_WAIT_MS : FIRST_READ_WAIT_MS;
    if (waitMs === STORE_WAIT_MS && now < this.restUntil) return;
    const late = Symbol('late');
    const outcome = await within(this.reading(model), Math.min(waitMs, callMs), late);
    if (outcome === late) this.rest(model);
  }

  /** The read that is under way, or a new one: what Lambda froze with its instance is not waited for. */
  private reading(model: string): Promise<void> {
    const underWay = this.readings.get(model);
    if (underWay !== undefined && this.now() - underWay.began < FIRST_READ_WAIT_MS) return underWay.done;
    const reading = { began: this.now(), done: this.read(model) };
    this.readings.set(model, reading);
    void reading.done.then(() => {
      if (this.readings.get(model) === reading) this.readings.delete(model);
    });
    return reading.done;
  }

  /** Whether it knows the circuit, or has found out that the store cannot say. */
  private hasTried(model: string): boolean {
    const isRecent = (at = -Infinity) => this.now() - at < STALE_MS;
    return isRecent(this.views.get(model)?.confirmedAt) || isRecent(this.failedAt.get(model));
  }

  private rest(model: string): void {
    this.failedAt.set(model, this.now());
    this.restUntil = this.now() + STORE_REST_MS;
  }

  private async read(model: string): Promise<void> {
    const began = this.now();
    try {
      const circuit = (await this.options.store.read(model)) ?? untouched(model);
      this.confirm(circuit, began);
    } catch (error) {
      this.storeFailed(model, error, began);
    }
  }

  private known(model: string): Circuit {
    const view = this.views.get(model);
    // An operator's word holds until an operator takes it back.
    const holds = view?.circuit.forced === true || this.now() - (view?.confirmedAt ?? -Infinity) < STALE_MS;
    return view !== undefined && holds ? view.circuit : untouched(model);
  }

  /** @param confirmedAt of a read, its start: its answer may have waited for an instance to wake */
  private confirm(circuit: Circuit, confirmedAt = this.now()): Circuit {
    const { model, state } = circuit;
    if (confirmedAt < (this.views.get(model)?.confirmedAt ?? -Infinity)) return circuit;
    // What an instance remembers of before an outage says nothing about the time after it.
    if (state === 'closed' && this.known(model).state === 'open') this.records.delete(model);
    this.views.set(model, { circuit, confirmedAt });
    return circuit;
  }

  /** While the store is away, an instance goes by its own failures. */
  private keepToItself(model: string, event: CircuitEvent): void {
    const before = this.known(model);
    const circuit = transition(before, event, this.now(), this.options.settings);
    this.views.set(model, { circuit, confirmedAt: this.views.get(model)?.confirmedAt ?? this.now() });
    this.tell(before, circuit);
  }

  /** A connection that broke while its instance was frozen says nothing of the store. */
  private storeFailed(model: string, error: unknown, began: number): void {
    if (!this.wasFrozen(began)) this.rest(model);
    this.options.onStoreFailure(error);
  }

  private wasFrozen(began: number): boolean {
    return this.now() - began > FROZEN_MS;
  }

  private tell(before: Circuit, after: Circuit): void {
    const [from, to] = [phaseOf(before, this.now()), phaseOf(after, this.now())];
    if (from !== to) this.options.onTransition(after.model, from, to);
  }
}
