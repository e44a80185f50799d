import type { ModelChoice } from '../../../contract/model-config';

/** `us.anthropic.claude-...` or `anthropic.claude-...`; an ARN names no vendor. */
const VENDOR = /^(?:[a-z]+\.)?([a-z0-9]+)\./;

/**
 * @param vendors whose models the functions may call: `modelVendors` in cdktf.json
 * @returns what is wrong and what to do, where the functions may not call the model
 */
export function vendorProblem({ modelId }: ModelChoice, vendors: readonly string[]): string | undefined {
  if (modelId.startsWith('arn:')) return undefined;
  const vendor = VENDOR.exec(modelId)?.[1] ?? modelId;
  if (vendors.includes(vendor)) return undefined;
  return (
    `The functions may not call ${modelId}: add "${vendor}" to modelVendors in cdktf.json, and deploy both ` +
    'regions’ stacks, the standby first.'
  );
}
