import content from './default-model-config.json';
import type { ModelConfig } from './model-config';

/**
 * The first version that AppConfig deploys, and what a function answers by when it has never reached AppConfig.
 * A primary and its fallback come from different vendors, and fail less together.
 *
 * - `general`: Claude Haiku 5.5 is the fastest of its family and a tenth of its predecessor's price. Thinking, which is
 *   on by default, is turned off: a short answer needs none of the seconds that it takes.
 * - `finance_deep`: Claude Sonnet 5.5 cannot be told not to think, so it is told to think little, and has tokens for
 *   both: at its default effort, it would use up the tier's 15 s.
 * - Nova 2 Lite, which thinks only when asked to, is quick enough for what is left of the budget.
 */
export const defaultModelConfig: ModelConfig = content;

/** The same with the inference profiles of another geography, by the prefix of their ids; as they stand without one. */
export const shippedModelConfig = (geography?: string): ModelConfig =>
  geography === undefined || geography === ''
    ? defaultModelConfig
    : (JSON.parse(
        JSON.stringify(content).replaceAll(/("modelId":")[a-z]+\.(?=[a-z0-9]+\.)/g, `$1${geography}.`),
      ) as ModelConfig);
