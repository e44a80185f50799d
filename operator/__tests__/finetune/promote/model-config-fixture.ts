import fc from 'fast-check';
import { defaultModelConfig } from '../../../../contract/default-model-config';
import type { ModelChoice, ModelConfig, ModelRule } from '../../../../contract/model-config';
import type { TunedChoice } from '../../../finetune/promote/serve-tuned';

export const ARN = 'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12';
export const BASE: ModelChoice = { modelId: 'us.amazon.nova-micro-v1:0', contextTokens: 128_000 };
export const TUNED: TunedChoice = {
  region: 'us-east-1',
  model: { modelId: ARN, contextTokens: 128_000 },
  base: BASE,
};

export const shipped: ModelConfig = defaultModelConfig;

/** Request types that a configuration may hold, awkward ones included. */
export const typeName = fc.constantFrom('general', 'finance_deep', '__proto__', 'constructor', 'a.b-c');

const choice: fc.Arbitrary<ModelChoice> = fc.record(
  {
    modelId: fc.constantFrom(BASE.modelId, 'us.amazon.nova-2-lite-v1:0', 'us.anthropic.claude-sonnet-5'),
    contextTokens: fc.integer({ min: 1, max: 1_000_000 }),
  },
  { requiredKeys: ['modelId'] },
);

const text = fc.string({ minLength: 1, maxLength: 20 }).filter((words) => words.trim() !== '');
const fields = {
  systemPrompt: text,
  maxTokens: fc.integer({ min: 1, max: 8_192 }),
  primary: choice,
  fallback: choice,
};
const rule: fc.Arbitrary<ModelRule> = fc.record(fields);
const difference = fc.record(fields, { requiredKeys: [] });

const region = fc.record(
  { default: difference, types: fc.dictionary(typeName, difference, { minKeys: 1 }) },
  { requiredKeys: ['types'] },
);

/** Valid configurations, without parts that say nothing. */
export const modelConfig: fc.Arbitrary<ModelConfig> = fc.record(
  {
    maintenanceMessage: text,
    default: rule,
    types: fc.dictionary(typeName, rule),
    regions: fc.dictionary(fc.constantFrom('us-east-1', 'us-west-2'), region, { minKeys: 1 }),
  },
  { requiredKeys: ['maintenanceMessage', 'default', 'types'] },
);
