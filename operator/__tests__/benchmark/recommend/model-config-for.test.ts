import { defaultModelConfig } from '../../../../contract/default-model-config';
import { modelConfigSchema, type ModelConfig } from '../../../../contract/model-config';
import { selectRule } from '../../../../contract/select-rule';
import { modelConfigFor } from '../../../benchmark/recommend/model-config-for';
import { isChoice, recommend } from '../../../benchmark/recommend/recommend';
import { NOVA, sampleResult, SONNET } from '../sample-result';

const UNKNOWN = 'us.example.model-1';
const behaviour = { medianMs: 500, costUsd: 0.001, met: () => 4 };

function proposal(
  base: ModelConfig,
  { types = ['general', 'finance_deep'], fallback = NOVA, inference = {} } = {},
) {
  const models = { [SONNET]: behaviour, [fallback]: { ...behaviour, costUsd: 0.002 } };
  const result = sampleResult({ models, types, runs: 1 });
  const choices = recommend(result, { maxFailureRate: 1, differentVendors: false }).filter(isChoice);
  return modelConfigFor(choices, base, { ...result.plan, inference });
}

describe('the ModelConfig to deploy', () => {
  it('names the recommended models, keeps everything else, and is valid', () => {
    const { config, notes } = proposal(defaultModelConfig);
    const models = {
      primary: { modelId: SONNET, contextTokens: 1_000_000 },
      fallback: { modelId: NOVA, contextTokens: 1_000_000 },
    };
    expect(modelConfigSchema.parse(config)).toEqual({
      maintenanceMessage: defaultModelConfig.maintenanceMessage,
      default: { ...defaultModelConfig.default, ...models },
      types: {
        general: { ...defaultModelConfig.types.general, ...models },
        finance_deep: { ...defaultModelConfig.types.finance_deep, ...models },
      },
    });
    expect(notes).toEqual([]);
  });

  it('leaves types that were not measured as they are', () => {
    const { config } = proposal(defaultModelConfig, { types: ['finance_deep'] });
    expect(config.types.general).toEqual(defaultModelConfig.types.general);
    expect(config.default).toEqual(defaultModelConfig.default);
  });

  it('gives a new type the default rule’s prompt and limit', () => {
    const { config } = proposal(defaultModelConfig, { types: ['returns'] });
    const { systemPrompt, maxTokens } = defaultModelConfig.default;
    expect(config.types.returns).toMatchObject({ systemPrompt, maxTokens, primary: { modelId: SONNET } });
  });

  it('says where a context window is not known', () => {
    const { config, notes } = proposal(defaultModelConfig, { fallback: UNKNOWN });
    expect(config.default.fallback).toEqual({ modelId: UNKNOWN });
    expect(notes).toEqual([expect.stringContaining(`The context window of ${UNKNOWN} is not known`)]);
  });

  it('deploys the parameters, the tokens and the effort that were measured', () => {
    const measured = { maxTokens: 99, additionalModelRequestFields: { output_config: { effort: 'high' } } };
    const { config } = proposal(defaultModelConfig, {
      inference: { [SONNET]: { temperature: 0.2, ...measured } },
    });
    expect(config.default.primary).toMatchObject({ inference: { temperature: 0.2 }, ...measured });
  });

  it('takes out what a measured region would put over the recommended models, and says so', () => {
    const tuned = { primary: { modelId: 'tuned' }, maxTokens: 99 };
    const regions = {
      'us-east-1': { types: { general: tuned } },
      'us-west-2': { types: { general: tuned } },
    };
    const { config, notes } = proposal({ ...defaultModelConfig, regions });
    expect(selectRule(config, 'us-east-1', 'general')).toMatchObject({
      primary: { modelId: SONNET },
      maxTokens: 99,
    });
    expect(selectRule(config, 'us-west-2', 'general').primary).toEqual({ modelId: 'tuned' });
    expect(notes).toEqual([expect.stringContaining('own models of us-east-1 for general')]);
  });
});
