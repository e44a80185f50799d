import type { Intercept } from './effects';
import type { FaultTarget } from './modes';
import { type FaultRequest, parseFaultRequest } from './request';

export interface Fault extends FaultRequest {
  readonly id: string;
  /** milliseconds since the epoch */
  readonly startedAt: number;
  /** milliseconds since the epoch; never when left out */
  readonly expiresAt?: number;
}

/** A request that a fault may hit. */
export interface FaultSubject {
  readonly region: 'primary' | 'secondary' | 'mlops';
  readonly target: FaultTarget;
  readonly model?: string | undefined;
}

interface FaultsOptions {
  /** 0 up to, not including, 1: decides whether a request is among the share that `rate` names */
  readonly random?: () => number;
  /** milliseconds since the epoch */
  readonly now?: () => number;
}

/** The faults injected into both regions and the services of mlops. Those that have run out are forgotten. */
export class Faults {
  private readonly random: () => number;
  private readonly now: () => number;
  private readonly listeners: ((fault: Fault) => void)[] = [];
  private inForce: readonly Fault[] = [];
  private added = 0;

  constructor({ random = Math.random, now = Date.now }: FaultsOptions = {}) {
    this.random = random;
    this.now = now;
  }

  /**
   * Puts a fault in force, in place of earlier ones on the same region, target and model.
   * @throws InvalidFaultError naming the fields at fault
   */
  add(request: unknown, now = this.now()): Fault {
    const valid = parseFaultRequest(request);
    this.added += 1;
    const fault: Fault = {
      ...valid,
      id: `fault-${this.added}`,
      startedAt: now,
      ...(valid.seconds !== undefined && { expiresAt: now + valid.seconds * 1000 }),
    };
    this.inForce = [...this.list(now).filter((earlier) => !replaces(fault, earlier)), fault];
    for (const listener of this.listeners) listener(fault);
    return fault;
  }

  /** Tells of each fault that comes into force, for what it does to requests that are under way. */
  onAdd(listener: (fault: Fault) => void): void {
    this.listeners.push(listener);
  }

  /** Those in force, the earliest first; a flapping one also while it pauses. */
  list(now = this.now()): Fault[] {
    this.inForce = this.inForce.filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt);
    return [...this.inForce];
  }

  /** @returns false where none of this id is in force */
  end(id: string): boolean {
    const before = this.list();
    this.inForce = before.filter((fault) => fault.id !== id);
    return this.inForce.length < before.length;
  }

  clear(): void {
    this.inForce = [];
  }

  /** What a service is to ask of the calls that it receives. */
  interceptor(region: FaultSubject['region'], target: FaultTarget): Intercept {
    return (call) => this.match({ region, target, ...call })?.effect;
  }

  /** As `interceptor`, of a service that goes down with its region. */
  regionalInterceptor(region: 'primary' | 'secondary', target: FaultTarget): Intercept {
    const whole = this.interceptor(region, 'region');
    const own = this.interceptor(region, target);
    return (call) => whole() ?? own(call);
  }

  /** The fault that hits this request: the latest one that concerns it and whose `rate` is met. */
  match(subject: FaultSubject): Fault | undefined {
    if (this.inForce.length === 0) return undefined;
    const now = this.now();
    return this.list(now).findLast(
      (fault) =>
        concerns(fault, subject) &&
        (fault.flapping === undefined || isOn(fault.flapping, now - fault.startedAt)) &&
        this.random() < fault.rate,
    );
  }
}

/** What a fault is on, apart from its region. */
const subjectKey = ({ target, model = 'any' }: Pick<FaultSubject, 'target' | 'model'>): string =>
  `${target} ${model}`;

function replaces(later: FaultRequest, earlier: FaultRequest): boolean {
  return (
    subjectKey(later) === subjectKey(earlier) && (later.region === earlier.region || later.region === 'both')
  );
}

function concerns(fault: FaultRequest, { region, target, model }: FaultSubject): boolean {
  const keys = [subjectKey({ target }), ...(model === undefined ? [] : [subjectKey({ target, model })])];
  return (fault.region === 'both' || fault.region === region) && keys.includes(subjectKey(fault));
}

/** A fault that comes and goes, in seconds: first `on`, then `off`, then `on` again. */
export interface Flapping {
  readonly on: number;
  readonly off: number;
}

/** @param elapsed milliseconds since the fault's start */
export function isOn({ on, off }: Flapping, elapsed: number): boolean {
  return elapsed % ((on + off) * 1000) < on * 1000;
}
