import type { ModelConfig, ModelRule } from './model-config';
import { DEFAULT_REQUEST_TYPE } from './question';

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

/** The request types that have a rule of their own in a region, and the one that is always served. */
export const requestTypes = ({ types, regions }: ModelConfig, region: string): readonly string[] => [
  ...new Set([
    DEFAULT_REQUEST_TYPE,
    ...Object.keys(types),
    ...Object.keys(own(regions, region)?.types ?? {}),
  ]),
];
