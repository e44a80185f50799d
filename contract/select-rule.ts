import type { ModelConfig, ModelRule } from './model-config';

const own = <T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;

/**
 * The rule for a request type in a region: the type's rule or the default one, with the region's differences
 * laid over it, field by field. Names such as `__proto__` are like any other: only own keys count.
 */
export function selectRule(config: ModelConfig, region: string, type: string): ModelRule {
  const typed = own(config.types, type);
  const regional = own(config.regions, region);
  const difference = own(regional?.types, type) ?? (typed === undefined ? regional?.default : undefined);
  const rule = typed ?? config.default;
  const atDeadline = difference?.atDeadline ?? rule.atDeadline;
  const onBreak = difference?.onBreak ?? rule.onBreak;
  return {
    systemPrompt: difference?.systemPrompt ?? rule.systemPrompt,
    maxTokens: difference?.maxTokens ?? rule.maxTokens,
    primary: difference?.primary ?? rule.primary,
    fallback: difference?.fallback ?? rule.fallback,
    ...(atDeadline && { atDeadline }),
    ...(onBreak && { onBreak }),
  };
}
