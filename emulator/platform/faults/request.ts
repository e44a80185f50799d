import { z } from 'zod';
import { EFFECT_FIELDS, type FaultEffect } from './effects';
import type { Flapping } from './faults';
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
export interface FaultRequest {
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
export function parseFaultRequest(request: unknown): FaultRequest {
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
