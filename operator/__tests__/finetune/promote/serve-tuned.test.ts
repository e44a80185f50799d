import type { ModelConfig, ModelRule } from '../../../../contract/model-config';
import { selectRule } from '../../../../contract/select-rule';
import { serveTuned } from '../../../finetune/promote/serve-tuned';
import { ARN, BASE, shipped, TUNED } from './model-config-fixture';

const modelIds = ({ primary, fallback }: ModelRule) => [primary.modelId, fallback.modelId];
const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA_2 = 'us.amazon.nova-2-lite-v1:0';

describe('a type served by a tuned model', () => {
  const served = serveTuned(shipped, 'general', TUNED);

  test.each([
    ['us-east-1', 'general', [ARN, BASE.modelId]],
    ['us-west-2', 'general', [BASE.modelId, NOVA_2]],
    ['us-east-1', 'finance_deep', ['us.anthropic.claude-sonnet-5-5', NOVA_2]],
    ['us-west-2', 'finance_deep', ['us.anthropic.claude-sonnet-5-5', NOVA_2]],
    ['us-east-1', 'no such type', [HAIKU, NOVA_2]],
  ])('in %s, %s is answered by %j', (region, type, expected) => {
    expect(modelIds(selectRule(served, region, type))).toEqual(expected);
  });

  test('keeps its prompt and its length of answers', () => {
    const before = selectRule(shipped, 'us-east-1', 'general');
    expect(selectRule(served, 'us-east-1', 'general')).toMatchObject({
      systemPrompt: before.systemPrompt,
      maxTokens: before.maxTokens,
    });
  });

  test('takes the default rule along where it has none of its own', () => {
    const config = serveTuned(shipped, 'new_type', TUNED);
    expect(config.types.new_type).toEqual({ ...shipped.default, primary: BASE });
  });

  test.each([
    ['the primary', { primary: BASE, fallback: { modelId: NOVA_2 } }, [BASE.modelId, NOVA_2]],
    ['the fallback', { primary: { modelId: HAIKU }, fallback: BASE }, [BASE.modelId, HAIKU]],
  ])('never has one model as primary and fallback where the base model was %s', (_, models, expected) => {
    const config: ModelConfig = { ...shipped, types: { general: { ...shipped.default, ...models } } };
    const rule = selectRule(serveTuned(config, 'general', TUNED), 'us-west-2', 'general');
    expect(modelIds(rule)).toEqual(expected);
  });

  test('keeps what the region has different beside its models', () => {
    const config: ModelConfig = {
      ...shipped,
      regions: { 'us-east-1': { types: { general: { maxTokens: 7 } }, default: { maxTokens: 9 } } },
    };
    const { regions } = serveTuned(config, 'general', TUNED);
    expect(regions?.['us-east-1']).toEqual({
      default: { maxTokens: 9 },
      types: { general: { maxTokens: 7, primary: TUNED.model, fallback: BASE } },
    });
  });

  test('is served by another tuned model after a second time', () => {
    const second = { ...TUNED, model: { modelId: ARN.replace('ij12', 'ij99') } };
    const config = serveTuned(served, 'general', second);
    expect(JSON.stringify(config)).not.toContain(ARN);
    expect(selectRule(config, 'us-east-1', 'general').primary).toEqual(second.model);
  });
});
