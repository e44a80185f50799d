import type { ModelChoice, ModelConfig, ModelRule } from '../../../contract/model-config';
import type { PartialRule, Region } from '../../model-config/named-models';
import { ownEntry, withEntry } from './withdraw';

/** A tuned model that can be invoked, and what stands in for it where it cannot. */
export interface TunedChoice {
  /** The one region that serves it. */
  readonly region: string;
  /** Its deployment or provisioned throughput: `modelId` is an ARN. */
  readonly model: ModelChoice;
  /** The model that it was tuned from, as every region serves it. */
  readonly base: ModelChoice;
}

/**
 * Serves a request type by a tuned model in the region that can, with its base model as fallback, and by the base
 * model everywhere else, with the fallback that the type had. Everything else about the type and every other type
 * stay as they are.
 */
export function serveTuned(config: ModelConfig, type: string, tuned: TunedChoice): ModelConfig {
  const { region, model, base } = tuned;
  const rule = ownEntry(config.types, type) ?? config.default;
  const regional: Region = ownEntry(config.regions, region) ?? {};
  const difference: PartialRule = { ...ownEntry(regional.types, type), primary: model, fallback: base };
  return {
    ...config,
    types: withEntry(config.types, type, ruleElsewhere(rule, base)),
    regions: withEntry<Region>(config.regions, region, {
      ...regional,
      types: withEntry(regional.types, type, difference),
    }),
  };
}

/** The base model as primary keeps what was configured for it; a fallback that is the same model would be none. */
function ruleElsewhere(rule: ModelRule, base: ModelChoice): ModelRule {
  const same = ({ modelId }: ModelChoice) => modelId === base.modelId;
  if (same(rule.primary)) return rule;
  if (same(rule.fallback)) return { ...rule, primary: rule.fallback, fallback: rule.primary };
  return { ...rule, primary: base };
}
