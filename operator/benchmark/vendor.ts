/** ARNs whose last part is the id of an inference profile or a model; other resources' ids name no vendor. */
const ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:inference-profile|foundation-model)\/(.+)$/;
/** `us.anthropic.claude-...` or `anthropic.claude-...` */
const VENDOR = /^(?:[a-z-]+\.)?([a-z0-9]+)\.[a-z]/;

/** @returns e.g. `anthropic`; null where the id does not say, as of a tuned model's deployment */
export function vendorOf(modelId: string): string | null {
  return VENDOR.exec(ARN.exec(modelId)?.[1] ?? modelId)?.[1] ?? null;
}
