import {
  asOf,
  phaseOf,
  untouched,
  type Circuit,
  type CircuitSettings,
  type Phase,
} from '../../../contract/circuit';
import { READ_WAIT_MS, within } from '../bounded-wait';
import type { CircuitStore } from './circuit-store';
import { STALE_MS, StorePatience } from './store-patience';
import { transition, type CircuitEvent } from './transition';

export interface SharedCircuitsOptions {
  readonly store: CircuitStore;
  readonly settings: CircuitSettings;
  readonly now: () => number;
  readonly onTransition: (model: string, from: Phase, to: Phase) => void;
  /** @param wasFrozen with its instance: it says nothing of the store */
  readonly onStoreFailure: (error: unknown, wasFrozen: boolean) => void;
  /** A circuit that this instance took for open is closed. */
  readonly onClosed: (model: string) => void;
}

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
  /** Its version is one of the store's, even where the rest is the instance's own finding. */
  readonly circuit: Circuit;
  /** As of when the store has confirmed it. */
  readonly confirmedAt: number;
  /** When the instance has found it out by itself, since the store could not be told. */
  readonly foundAt?: number;
}

const LATE = Symbol('late');

/**
 * One instance's view of the circuits that all instances of its region share. The store being away or slow never fails
 * a request: it costs a second, once, and then tens of milliseconds.
 */
export class SharedCircuits {
  private readonly views = new Map<string, View>();
  private readonly readings = new Map<string, Reading>();
  private readonly patience: StorePatience;

  constructor(private readonly options: SharedCircuitsOptions) {
    this.patience = new StorePatience(options.now);
  }

  /**
   * @param mostMs how long the request can wait at the most
   * @returns the circuit as it is known by then
   */
  async current(model: string, mostMs: number): Promise<Circuit> {
    const age = this.ageOf(this.views.get(model)?.confirmedAt);
    const waitMs = Math.min(this.patience.waitMs(model, age), mostMs);
    if (waitMs > 0 && (await within(this.reading(model), waitMs, LATE)) === LATE)
      this.patience.waitedInVain(model, waitMs);
    return this.known(model);
  }

  /**
   * Brings an event into the shared circuit.
   * @returns the circuit that the store has afterwards; undefined when the store cannot say. What an instance has
   *   found out by itself it then keeps to itself; a lease it does not have.
   */
  async apply(model: string, event: CircuitEvent): Promise<Circuit | undefined> {
    const { store, settings } = this.options;
    const began = this.now();
    let before = this.known(model);
    try {
      for (let writes = 0; writes < settings.failures + MORE_WRITES; writes += 1) {
        const after = transition(before, event, this.now(), settings);
        if (after === before) return before;
        const written = this.now();
        const conflict = await store.write(after);
        if (conflict === undefined) {
          this.tell(before, after);
          this.confirm(after, written);
          return after;
        }
        if (this.wasFrozen(began)) return undefined;
        const current = conflict.current ?? untouched(model);
        this.confirm(current, written);
        before = asOf(current, this.now());
      }
    } catch (error) {
      this.storeFailed(model, error, began);
      const isOwn = event.kind === 'failed' || event.kind === 'tripped';
      if (isOwn && !this.wasFrozen(began)) this.keepToItself(model, event);
    }
    return undefined;
  }

  /** The read that is under way, or a new one: what Lambda froze with its instance is not waited for. */
  private reading(model: string): Promise<void> {
    const underWay = this.readings.get(model);
    if (underWay !== undefined && this.ageOf(underWay.began) < READ_WAIT_MS) return underWay.done;
    const reading = { began: this.now(), done: this.read(model) };
    this.readings.set(model, reading);
    void reading.done.then(() => {
      if (this.readings.get(model) === reading) this.readings.delete(model);
    });
    return reading.done;
  }

  private async read(model: string): Promise<void> {
    const began = this.now();
    try {
      this.confirm((await this.options.store.read(model)) ?? untouched(model), began);
    } catch (error) {
      this.storeFailed(model, error, began);
    }
  }

  private known(model: string): Circuit {
    const view = this.views.get(model);
    if (view === undefined) return untouched(model);
    // An operator's word holds until an operator takes it back.
    const holds = view.circuit.forced === true || this.ageOf(view.foundAt ?? view.confirmedAt) < STALE_MS;
    return holds ? asOf(view.circuit, this.now()) : untouched(model);
  }

  /** @param confirmedAt when the store was asked: its answer may have waited for an instance to wake */
  private confirm(circuit: Circuit, confirmedAt: number): void {
    const { model } = circuit;
    const view = this.views.get(model);
    if (view !== undefined && confirmedAt < view.confirmedAt) return;
    this.patience.answered(model);
    // What the instance has found out by itself stands until the store has something newer.
    if (this.ageOf(view?.foundAt) < STALE_MS && view?.circuit.version === circuit.version) {
      this.views.set(model, { ...view, confirmedAt });
      return;
    }
    if (circuit.state === 'closed' && view?.circuit.state === 'open') this.options.onClosed(model);
    this.views.set(model, { circuit, confirmedAt });
  }

  /**
   * While the store is away, an instance goes by its own failures. They get no version, under which somebody else may
   * have written meanwhile: what stands there is to stand in their way.
   */
  private keepToItself(model: string, event: CircuitEvent): void {
    const never = { circuit: untouched(model), confirmedAt: -Infinity };
    const { circuit: stored, confirmedAt } = this.views.get(model) ?? never;
    const before = this.known(model);
    const found = transition(before, event, this.now(), this.options.settings);
    if (found === before) return;
    const circuit = { ...found, version: stored.version };
    this.views.set(model, { circuit, confirmedAt, foundAt: this.now() });
    this.tell(before, circuit);
  }

  /** A connection that broke while its instance was frozen says nothing of the store. */
  private storeFailed(model: string, error: unknown, began: number): void {
    const wasFrozen = this.wasFrozen(began);
    if (!wasFrozen) this.patience.failed(model, this.ageOf(began));
    this.options.onStoreFailure(error, wasFrozen);
  }

  private wasFrozen(began: number): boolean {
    return this.ageOf(began) > FROZEN_MS;
  }

  private tell(before: Circuit, after: Circuit): void {
    const [from, to] = [phaseOf(before, this.now()), phaseOf(after, this.now())];
    if (from !== to) this.options.onTransition(after.model, from, to);
  }

  private ageOf(at = -Infinity): number {
    return this.now() - at;
  }

  private now(): number {
    return this.options.now();
  }
}
