import { z } from 'zod';
import { effectOf, FAULT_MODES, type FaultMode, type FaultTarget } from './modes';

/** Long enough to be seen, short enough to sit through. */
const DEFAULT_DELAY_MS = 2000;

const targets = Object.keys(FAULT_MODES) as [FaultTarget, ...FaultTarget[]];

const faultRequest = z
  .strictObject({
    region: z.enum(['primary', 'secondary', 'both']),
    target: z.enum(targets),
    model: z.string().min(1).optional(),
    mode: z.string(),
    rate: z.number().min(0).max(1).default(1),
    seconds: z.number().positive().optional(),
    ms: z.int().min(0).optional(),
  })
  .superRefine(({ target, mode, ms }, context) => {
    const effect = effectOf(target, mode);
    if (!effect) {
      const known = Object.keys(FAULT_MODES[target]).join(', ');
      context.addIssue({ code: 'custom', path: ['mode'], message: `${target} knows ${known}` });
    } else if (ms !== undefined && effect.kind !== 'delay') {
      context.addIssue({
        code: 'custom',
        path: ['ms'],
        message: `means nothing to ${mode}, only to a delay`,
      });
    }
  });

/** What to inject, where, how often and for how long. */
export interface FaultRequest {
  readonly region: 'primary' | 'secondary' | 'both';
  readonly target: FaultTarget;
  /** model ID as the caller of the model writes it; every model when left out */
  readonly model?: string;
  readonly mode: FaultMode;
  /** share of the requests that it hits, 0 to 1 */
  readonly rate: number;
  /** how long it lasts; until cleared when left out */
  readonly seconds?: number;
  /** how much later the answer comes, in milliseconds; of a delay only */
  readonly ms?: number;
}

/** A fault that cannot be injected; the message names each field at fault. */
export class InvalidFaultError extends Error {
  override readonly name = 'InvalidFaultError';
}

/** @throws InvalidFaultError */
export function parseFaultRequest(request: unknown): FaultRequest {
  const result = faultRequest.safeParse(request);
  if (!result.success) {
    const reasons = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'fault'}: ${message}`,
    );
    throw new InvalidFaultError(reasons.join('; '));
  }
  const { model, seconds, ms, mode, ...rest } = result.data;
  return {
    ...rest,
    mode: mode as FaultMode,
    ...(model !== undefined && { model }),
    ...(seconds !== undefined && { seconds }),
    ...(effectOf(rest.target, mode)?.kind === 'delay' && { ms: ms ?? DEFAULT_DELAY_MS }),
  };
}
