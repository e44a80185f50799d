import { CANARY_MAX_TOKENS } from '../../contract/failover';
import { MODEL_CATALOGUE } from '../../contract/model-catalogue';
import type { ModelConfig } from '../../contract/model-config';
import { parseModelId } from '../../contract/model-id';
import { selectRule } from '../../contract/select-rule';
import { pricesUsed, readPriceFile, type PriceFile } from '../benchmark/measure/prices';
import { CommandError } from '../command/errors';

export const SECONDS_A_MONTH = 30 * 24 * 60 * 60;

/** Of a schedule that asks once a minute. */
export const CANARY_CALLS = SECONDS_A_MONTH / 60;

/** Of the question; a character is about a quarter of a token, and newer Claude models count a third more. */
const QUESTION_TOKENS = 10;
const TOKENS_A_CHARACTER = 0.33;

/** Of the answer "OK", and of what a model thinks that cannot be told not to: little, at a low effort. */
const ANSWER_TOKENS = 10;
const THINKING_TOKENS = 100;

let listed: PriceFile | undefined;

/** USD for tokens. @throws CommandError for a model without a price */
export function tokensUsd(modelId: string, inputTokens: number, outputTokens: number): number {
  const { [modelId]: price } = pricesUsed([modelId], (listed ??= readPriceFile())).entries;
  if (!price) {
    throw new CommandError(
      `operator/benchmark/prices.json has no price of ${modelId}. Add it, with the date.`,
    );
  }
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}

export interface CanaryPrice {
  readonly type: string;
  readonly modelId: string;
  /** USD a month for tokens in one region, while the primary model answers. */
  readonly usd: number;
  /** If it always said as much as it may. */
  readonly mostUsd: number;
}

/** What the questions of a request type that the canary asks once a minute cost, by the dated price file. */
export function canaryPrice(rules: ModelConfig, type: string, region: string): CanaryPrice {
  const { systemPrompt, primary } = selectRule(rules, region, type);
  const { modelId } = primary;
  const thinks = MODEL_CATALOGUE[parseModelId(modelId)?.model ?? '']?.thinking === 'always';
  const input = systemPrompt.length * TOKENS_A_CHARACTER + QUESTION_TOKENS;
  const usdFor = (output: number) => CANARY_CALLS * tokensUsd(modelId, input, output);
  return {
    type,
    modelId,
    usd: usdFor(ANSWER_TOKENS + (thinks ? THINKING_TOKENS : 0)),
    mostUsd: usdFor(CANARY_MAX_TOKENS),
  };
}
