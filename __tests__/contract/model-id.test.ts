import { defaultModelConfig } from '../../contract/default-model-config';
import { MODEL_CATALOGUE } from '../../contract/model-catalogue';
import { parseModelId } from '../../contract/model-id';
import { GEOGRAPHIES, REGIONS } from '../../contract/regions';

describe('what is known of models', () => {
  it('agrees with what the shipped rules say of their context windows', () => {
    const rules = [defaultModelConfig.default, ...Object.values(defaultModelConfig.types)];
    for (const { modelId, contextTokens } of rules.flatMap(({ primary, fallback }) => [primary, fallback])) {
      expect(contextTokens).toBe(MODEL_CATALOGUE[parseModelId(modelId)?.model ?? '']?.contextTokens);
    }
  });

  it.each([
    ['anthropic.claude-haiku-5-5', 'foundation-model', 'anthropic', REGIONS],
    ['us.anthropic.claude-haiku-5-5', 'inference-profile', 'anthropic', GEOGRAPHIES.us],
    ['global.amazon.nova-2-lite-v1:0', 'inference-profile', 'amazon', REGIONS],
    [
      'arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0',
      'inference-profile',
      'amazon',
      ['us-west-2'],
    ],
    [
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3',
      'application-inference-profile',
      undefined,
      ['us-east-1'],
    ],
    [
      'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abc',
      'custom-model-deployment',
      undefined,
      ['us-east-1'],
    ],
  ])('reads %s as a kind, a vendor and the regions that it is called from', (id, kind, vendor, regions) => {
    const parsed = parseModelId(id);
    expect([parsed?.kind, parsed?.vendor, parsed?.regions]).toEqual([kind, vendor, regions]);
  });

  it.each(['haiku', 'arn:aws:bedrock:us-east-1:123456789012:imported-model/abc', 'arn:aws:s3:::bucket', ''])(
    'takes "%s" for no id that can be called',
    (id) => {
      expect(parseModelId(id)).toBeUndefined();
    },
  );
});
