import { catalogued } from '../../contract/model-catalogue';
import type { ModelChoice, ModelConfig } from '../../contract/model-config';
import { parseModelId } from '../../contract/model-id';
import { selectRule } from '../../contract/select-rule';
import { CommandError } from '../command/errors';
import { choicesOf } from '../model-config/named-models';

/** A tier of a rule, as an operator names it: `general.primary`. */
export interface RuleTier {
  /** `default`: the rule of all types without one of their own. */
  readonly type: string;
  readonly tier: 'primary' | 'fallback';
}

/** @returns undefined for what names no tier */
export function parseRuleTier(text: string): RuleTier | undefined {
  const [, type, tier] = /^(.+)\.(primary|fallback)$/.exec(text) ?? [];
  return type === undefined ? undefined : { type, tier: tier as RuleTier['tier'] };
}

/**
 * The rules with another model in a tier. What the model before was told by parameters of its own goes with it; the new
 * one is told what another rule tells it already.
 * @throws CommandError where there is no such rule, or the region has a model of its own there
 */
export function setModel(
  config: ModelConfig,
  region: string,
  { type, tier }: RuleTier,
  modelId: string,
): ModelConfig {
  const isTyped = Object.hasOwn(config.types, type);
  const rule = isTyped ? config.types[type] : type === 'default' ? config.default : undefined;
  if (rule === undefined) {
    const types = ['default', ...Object.keys(config.types)].join(', ');
    throw new CommandError(`No rule is for ${type} alone. Name one of ${types}, or deploy a file.`);
  }
  const changed = rule[tier].modelId === modelId ? rule : { ...rule, [tier]: choiceOf(config, modelId) };
  const after = isTyped
    ? { ...config, types: { ...config.types, [type]: changed } }
    : { ...config, default: changed };
  // No type has an empty name: it stands for all without a rule.
  const effective = selectRule(after, region, isTyped ? type : '')[tier].modelId;
  if (effective === modelId) return after;
  throw new CommandError(
    `regions.${region} has a model of its own for ${type}.${tier}, ${effective}: change it in a file, and deploy that.`,
  );
}

function choiceOf(config: ModelConfig, modelId: string): ModelChoice {
  const known = choicesOf(config).find((choice) => choice.modelId === modelId);
  const { contextTokens } = catalogued(parseModelId(modelId)?.model ?? '');
  return known ?? { modelId, ...(contextTokens !== undefined && { contextTokens }) };
}
