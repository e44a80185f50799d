import content from './default-model-config.json';
import type { ModelConfig } from './model-config';

/**
 * The first version that AppConfig deploys, and what a function answers by when it has never reached AppConfig.
 * Every model in it is alive in both regions; a primary and its fallback come from different vendors.
 */
export const defaultModelConfig: ModelConfig = content;
