import { isOn } from './flapping';
import type { FaultTarget } from './modes';
import { parseFaultRequest, type FaultRequest } from './request';

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

export interface FaultsOptions {
  /** 0 up to, not including, 1: decides whether a request is among the share that `rate` names */
  readonly random?: () => number;
  /** milliseconds since the epoch */
  readonly now?: () => number;
}

/** The faults injected into both regions and the services of mlops. Those that have run out are forgotten. */
export class Faults {
  private readonly random: () => number;
  private readonly now: () => number;
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
    return fault;
  }

  /** Those in force, the earliest first; a flapping one also while it pauses. */
  list(now = this.now()): Fault[] {
    this.inForce = this.inForce.filter(({ expiresAt }) => expiresAt === undefined || now < expiresAt);
    return [...this.inForce];
  }

  clear(): void {
    this.inForce = [];
  }

  /** The fault that hits this request: the latest one that concerns it and whose `rate` is met. */
  match(subject: FaultSubject): Fault | undefined {
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
