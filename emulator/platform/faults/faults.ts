import { z } from 'zod';
import { EFFECT_FIELDS, type FaultEffect, type Intercept } from './effects';
import { effectOf, FAULT_MODES, type FaultMode, type FaultTarget, isInMlops, modesWith } from './modes';

const targets = Object.keys(FAULT_MODES) as [FaultTarget, ...FaultTarget[]];
const seconds = z.number().positive();

const fields = z.strictObject({
  region: z.enum(['primary', 'secondary', 'both', 'mlops']).optional(),
  target: z.enum(targets, `one of ${targets.join(', ')}`),
  model: z.string().min(1).optional(),
  mode: z.string(),
  rate: z.number().min(0).max(1).default(1),
  seconds: seconds.optional(),
  on: seconds.optional(),
  off: seconds.optional(),
  ms: z.int().min(0).optional(),
  retryAfter: z.int().min(0).optional(),
  events: z.int().min(0).optional(),
});

type Refuse = (field: keyof z.infer<typeof fields>, message: string) => void;

/** A fault as an operator asks for it; fields that mean nothing to its target or mode are refused. */
const faultRequestSchema = fields.superRefine((request, context) => {
  const refuse: Refuse = (field, message) => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  checkRegion(request, refuse);
  checkMode(request, refuse);
  checkFlapping(request, refuse);
});

function checkRegion({ target, region }: z.infer<typeof fields>, refuse: Refuse): void {
  if (isInMlops(target)) {
    if (region !== undefined && region !== 'mlops') refuse('region', `${target} is in mlops only`);
  } else if (region === undefined || region === 'mlops') {
    refuse('region', `${target} is in primary, secondary or both`);
  }
}

function checkMode(request: z.infer<typeof fields>, refuse: Refuse): void {
  const { target, mode, model } = request;
  if (model !== undefined && target !== 'bedrock') {
    refuse('model', `means nothing to ${target}, only to bedrock`);
  }
  const effect = effectOf(target, mode);
  if (!effect) {
    refuse('mode', `${target} knows ${Object.keys(FAULT_MODES[target]).join(', ')}`);
    return;
  }
  for (const field of EFFECT_FIELDS) {
    if (request[field] === undefined || Object.hasOwn(effect, field)) continue;
    const others = modesWith(target, field).join(', ');
    refuse(field, `means nothing to ${mode}${others && `, only to ${others}`}`);
  }
}

function checkFlapping({ on, off }: z.infer<typeof fields>, refuse: Refuse): void {
  if (on !== undefined && off === undefined) refuse('off', 'must be given with on');
  if (off !== undefined && on === undefined) refuse('on', 'must be given with off');
}

/** What to inject, where, how often and for how long. */
interface FaultRequest {
  /** `mlops` for the targets of that stack, and for no others */
  readonly region: 'primary' | 'secondary' | 'both' | 'mlops';
  readonly target: FaultTarget;
  /** model ID as the caller of the model writes it; every model when left out */
  readonly model?: string;
  readonly mode: FaultMode;
  /** the mode's effect, with the numbers that the request sets */
  readonly effect: FaultEffect;
  /** share of the requests that it hits, 0 to 1 */
  readonly rate: number;
  /** how long it lasts; until cleared when left out */
  readonly seconds?: number;
  /** in force without a break when left out */
  readonly flapping?: Flapping;
}

/** A fault that cannot be injected; the message names each field at fault. */
export class InvalidFaultError extends Error {
  override readonly name = 'InvalidFaultError';
}

/** @throws InvalidFaultError */
function parseFaultRequest(request: unknown): FaultRequest {
  const result = faultRequestSchema.safeParse(request);
  if (!result.success) {
    const reasons = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'fault'}: ${message}`,
    );
    throw new InvalidFaultError(reasons.join('; '));
  }
  const { region = 'mlops', target, rate, mode, model, seconds, on, off } = result.data;
  const effect = effectOf(target, mode);
  if (!effect) throw new InvalidFaultError(`mode: ${target} has no ${mode}`);
  return {
    region,
    target,
    rate,
    mode: mode as FaultMode,
    effect: { ...effect, ...numbersOf(result.data) },
    ...(model !== undefined && { model }),
    ...(seconds !== undefined && { seconds }),
    ...(on !== undefined && off !== undefined && { flapping: { on, off } }),
  };
}

type Numbers = Partial<Record<(typeof EFFECT_FIELDS)[number], number>>;

const numbersOf = (request: { [Field in keyof Numbers]: number | undefined }): Numbers =>
  Object.fromEntries(
    EFFECT_FIELDS.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])),
  );

export interface Fault extends FaultRequest {
  readonly id: string;
  /** milliseconds since the epoch */
  readonly startedAt: number;
  /** milliseconds since the epoch; never when left out */
  readonly expiresAt?: number;
}

/** A request that a fault may hit. */
interface FaultSubject {
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
interface Flapping {
  readonly on: number;
  readonly off: number;
}

/** @param elapsed milliseconds since the fault's start */
function isOn({ on, off }: Flapping, elapsed: number): boolean {
  return elapsed % ((on + off) * 1000) < on * 1000;
}
