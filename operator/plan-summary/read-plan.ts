import { createHash } from 'node:crypto';
import * as z from 'zod';
import { CommandError } from '../command/errors';
import { faultsText } from '../command/files';

const json = z.json().optional();

const changeSchema = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  /** Of what a replacement has left behind: its key, beside the live object of the same address. */
  deposed: z.string().optional(),
  mode: z.enum(['managed', 'data']),
  action_reason: z.string().optional(),
  change: z.object({
    actions: z.array(z.enum(['no-op', 'create', 'read', 'update', 'delete', 'forget'])),
    before: json,
    after: json,
    /** Of the same shape as `after`, with `true` for each value that only the apply finds out. */
    after_unknown: json,
    before_sensitive: json,
    after_sensitive: json,
    replace_paths: z.array(z.array(z.union([z.string(), z.number()]))).optional(),
    importing: z.object({}).optional(),
  }),
});

/** Terraform adds fields in minor versions of the format, and takes none away: what is not read here is let pass. */
const planSchema = z.object({
  format_version: z.string().regex(/^1\./),
  resource_changes: z.array(changeSchema).default([]),
  /** What has changed outside of Terraform since its last apply. */
  resource_drift: z.array(changeSchema).default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
  complete: z.boolean().default(true),
  errored: z.boolean().default(false),
});

/** A plan, as `terraform show -json` has it, as far as it is read here. */
export type Plan = z.infer<typeof planSchema>;
export type ResourceChange = z.infer<typeof changeSchema>;

/** @throws CommandError for what is not a plan */
export function readPlan(text: string): Plan {
  const value = parse(text);
  // A state in JSON looks the same, but changes nothing.
  if (has(value, 'values')) throw notAPlan('it is a state');
  const plan = planSchema.safeParse(value);
  if (!plan.success) throw notAPlan(faultsText(plan.error.issues));
  // A validation's result and the providers' schemas have a format's version, too.
  if (!has(value, 'resource_changes') && !has(value, 'planned_values')) throw notAPlan('it plans nothing');
  return plan.data;
}

/** The same for two plans that do the same, so that what is applied can be held to what was approved. */
export function digestOf({ resource_changes: changes, output_changes: outputs }: Plan): string {
  const acting = changes.filter(
    ({ mode, previous_address: moved, change }) =>
      mode === 'managed' && (moved !== undefined || !change.actions.includes('no-op')),
  );
  return createHash('sha256')
    .update(JSON.stringify([acting, outputs]))
    .digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notAPlan('it is not JSON');
  }
}

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);

const notAPlan = (why: string): CommandError =>
  new CommandError(
    `This is no plan of Terraform in JSON (${why}). Make one: terraform plan -out plan.tfplan, ` +
      'then terraform show -json plan.tfplan > plan.json',
  );
