import type { ModelChoice, ModelConfig } from '../../../contract/model-config';
import { selectRule } from '../../../contract/select-rule';
import type { BenchmarkQuestion } from '../measure/plan';
import type { Inference } from '../result/plan';
import type { Question } from './read-questions';

/**
 * The questions as the deployed assistant would send them: with the system prompt and the token limit of their type's
 * rule, unless they name their own. Differences between regions are left out, so that all regions get the same.
 */
export const asServed = (questions: readonly Question[], config: ModelConfig): readonly BenchmarkQuestion[] =>
  questions.map(({ id, type, question, system, maxTokens }) => {
    const rule = selectRule({ ...config, regions: {} }, '', type);
    return {
      id,
      type,
      question,
      system: system ?? rule.systemPrompt,
      maxTokens: maxTokens ?? rule.maxTokens,
      ...(maxTokens !== undefined && { isOwnLimit: true }),
    };
  });

/** The model as the configuration's first rule with it has it, differences between regions left out. */
export const configuredChoice = (
  model: string,
  { default: rule, types }: ModelConfig,
): ModelChoice | undefined =>
  [rule, ...Object.values(types)]
    .flatMap(({ primary, fallback }) => [primary, fallback])
    .find(({ modelId }) => modelId === model);

/** What the configuration's first rule with a model sends to it besides the rule's own, by model. */
export function inferenceAsServed(
  models: readonly string[],
  config: ModelConfig,
): Readonly<Record<string, Inference>> {
  const configured = models.flatMap((model) => {
    const choice = configuredChoice(model, config);
    if (choice === undefined) return [];
    const { inference, maxTokens, additionalModelRequestFields } = choice;
    const own = {
      ...inference,
      ...(maxTokens !== undefined && { maxTokens }),
      ...(additionalModelRequestFields && { additionalModelRequestFields }),
    };
    return Object.keys(own).length === 0 ? [] : [[model, own] as const];
  });
  return Object.fromEntries(configured);
}
