import { quantile, type Distribution } from './distribution';
import type { ModelBehaviour } from './model-behaviour';
import { uniforms } from './random';

/** What one call of a model will be like. */
export interface Draw {
  readonly outcome: 'answer' | 'throttle' | 'error';
  readonly timeToFirstTokenMs: number;
  /** all at once when left out */
  readonly tokensPerSecond?: number;
  /** the answer's own length when left out */
  readonly outputTokens?: number;
}

/** No model is slower: a rate of zero would never end. */
export const MINIMUM_TOKENS_PER_SECOND = 1;
/** The longest output of the models offered. */
export const MAXIMUM_OUTPUT_TOKENS = 128_000;

/**
 * The `index`-th call of a sequence. Each value is the distribution's quantile at a random number of its own; rates
 * are at least MINIMUM_TOKENS_PER_SECOND, tokens whole numbers from 1 to MAXIMUM_OUTPUT_TOKENS.
 * @param key names the sequence: one model in one region
 */
export function draw(behaviour: ModelBehaviour, seed: number, key: string, index: number): Draw {
  const [outcome, first, rate, length] = uniforms(seed, key, index);
  const { timeToFirstTokenMs, tokensPerSecond, outputTokens } = behaviour;
  return {
    outcome: outcomeAt(outcome, behaviour),
    timeToFirstTokenMs: quantile(timeToFirstTokenMs, first),
    ...(tokensPerSecond && { tokensPerSecond: rateAt(tokensPerSecond, rate) }),
    ...(outputTokens && { outputTokens: tokensAt(outputTokens, length) }),
  };
}

function outcomeAt(p: number, { throttleRate, errorRate }: ModelBehaviour): Draw['outcome'] {
  if (p < throttleRate) return 'throttle';
  return p < throttleRate + errorRate ? 'error' : 'answer';
}

const rateAt = (distribution: Distribution, p: number): number =>
  Math.max(MINIMUM_TOKENS_PER_SECOND, quantile(distribution, p));

const tokensAt = (distribution: Distribution, p: number): number =>
  Math.min(MAXIMUM_OUTPUT_TOKENS, Math.max(1, Math.round(quantile(distribution, p))));
