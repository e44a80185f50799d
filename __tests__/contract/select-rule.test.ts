import fc from 'fast-check';
import { defaultModelConfig } from '../../contract/default-model-config';
import { modelConfigSchema, type ModelConfig, type ModelRule } from '../../contract/model-config';
import { selectRule } from '../../contract/select-rule';

const rule = (name: string): ModelRule => ({
  systemPrompt: `prompt of ${name}`,
  maxTokens: 100,
  primary: { modelId: `${name}.primary` },
  fallback: { modelId: `${name}.fallback` },
});

const config: ModelConfig = {
  maintenanceMessage: 'Later.',
  default: rule('default'),
  types: { general: rule('general'), finance_deep: rule('finance') },
  regions: {
    'us-east-1': { types: { finance_deep: { primary: { modelId: 'tuned' } }, regional: { maxTokens: 7 } } },
    'us-west-2': { default: { maxTokens: 9 } },
  },
};

describe('the rule of a request', () => {
  it.each([
    ['us-east-1', 'general', rule('general')],
    ['us-east-1', 'finance_deep', { ...rule('finance'), primary: { modelId: 'tuned' } }],
    ['us-west-2', 'finance_deep', rule('finance')],
    ['us-west-2', 'unknown', { ...rule('default'), maxTokens: 9 }],
    ['us-east-1', 'unknown', rule('default')],
    ['us-east-1', 'regional', { ...rule('default'), maxTokens: 7 }],
    ['us-east-1', '__proto__', rule('default')],
    ['us-east-1', 'constructor', rule('default')],
    ['__proto__', 'toString', rule('default')],
    ['eu-central-1', 'general', rule('general')],
  ])('in %s of type %s', (region, type, expected) => {
    expect(selectRule(config, region, type)).toEqual(expected);
  });

  it('is a whole rule for any region and type', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (region, type) => {
        const { primary, fallback, systemPrompt, maxTokens } = selectRule(config, region, type);
        expect([primary.modelId, fallback.modelId, systemPrompt, maxTokens]).not.toContain(undefined);
      }),
    );
  });
});

describe('the shipped rules', () => {
  it('are valid, and pair models of different vendors', () => {
    expect(modelConfigSchema.parse(defaultModelConfig)).toEqual(defaultModelConfig);
    const vendor = (modelId: string) => modelId.split('.')[1];
    for (const { primary, fallback } of [
      defaultModelConfig.default,
      ...Object.values(defaultModelConfig.types),
    ]) {
      expect(vendor(primary.modelId)).not.toBe(vendor(fallback.modelId));
    }
  });
});
