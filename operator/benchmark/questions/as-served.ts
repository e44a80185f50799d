import type { ModelConfig } from '../../../contract/model-config';
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
    };
  });

/** The inference parameters that the configuration's first rule with a model sends to it, by model. */
export function inferenceAsServed(
  models: readonly string[],
  config: ModelConfig,
): Readonly<Record<string, Inference>> {
  const choices = [config.default, ...Object.values(config.types)].flatMap(({ primary, fallback }) => [
    primary,
    fallback,
  ]);
  const configured = models.flatMap((model) => {
    const inference = choices.find(({ modelId }) => modelId === model)?.inference;
    return inference === undefined ? [] : [[model, inference] as const];
  });
  return Object.fromEntries(configured);
}
