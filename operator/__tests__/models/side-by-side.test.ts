import { defaultModelConfig } from '../../../contract/default-model-config';
import type { ModelConfig } from '../../../contract/model-config';
import { sideBySide } from '../../models/try-rules';

const LITE = { modelId: 'us.amazon.nova-lite-v1:0' };
const { default: rule } = defaultModelConfig;
const local: ModelConfig = {
  ...defaultModelConfig,
  regions: { 'us-west-2': { default: { primary: LITE }, types: { finance_deep: { maxTokens: 99 } } } },
};

it.each<[string, ModelConfig, string, object, object]>([
  [
    'a type of its own',
    { ...defaultModelConfig, types: { general: { ...rule, primary: LITE } } },
    'general',
    rule,
    { primary: LITE },
  ],
  [
    'a type that has none',
    { ...defaultModelConfig, default: { ...rule, fallback: LITE } },
    'sales',
    rule,
    { fallback: LITE },
  ],
  ['a region’s difference', local, 'sales', rule, { primary: LITE }],
  ['a region’s type', local, 'finance_deep', { maxTokens: 2_048 }, { maxTokens: 99 }],
])('lays the rule of %s beside the one in force, and changes no other', (_, rules, type, before, after) => {
  const { types, ...others } = sideBySide(defaultModelConfig, rules, 'us-west-2', [type]);
  expect(types).toMatchObject({ [`try-before-${type}`]: before, [`try-after-${type}`]: after });
  expect({ types, ...others }).toMatchObject(defaultModelConfig);
});
