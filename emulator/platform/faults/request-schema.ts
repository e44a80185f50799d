import { z } from 'zod';
import { EFFECT_FIELDS } from './effects';
import { effectOf, FAULT_MODES, isInMlops, modesWith, type FaultTarget } from './modes';

const targets = Object.keys(FAULT_MODES) as [FaultTarget, ...FaultTarget[]];
const seconds = z.number().positive();

const fields = z.strictObject({
  region: z.enum(['primary', 'secondary', 'both', 'mlops']).optional(),
  target: z.enum(targets),
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
export const faultRequestSchema = fields.superRefine((request, context) => {
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
