import { EFFECT_FIELDS, type FaultEffect } from './effects';
import type { Flapping } from './flapping';
import { effectOf, type FaultMode, type FaultTarget } from './modes';
import { faultRequestSchema } from './request-schema';

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
