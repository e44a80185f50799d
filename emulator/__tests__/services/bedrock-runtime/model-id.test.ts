import fc from 'fast-check';
import { AwsError } from '../../../platform/http/aws-error';
import { FOUNDATION_MODELS } from '../../../services/bedrock-runtime/foundation-models';
import { invokedArns, requireModelIdPattern, resolveModel } from '../../../services/bedrock-runtime/model-id';
import { NOVEMBER_2026 } from './fixture';

const deployment = 'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12';
const setting = {
  region: 'us-east-1',
  now: NOVEMBER_2026,
  ownModels: new Map([[deployment, 'amazon.nova-2-lite-v1:0:256k']]),
};
const west = { ...setting, region: 'us-west-2' };

describe('resolving a model ID', () => {
  it.each([
    ['us.amazon.nova-2-lite-v1:0', setting, 'amazon.nova-2-lite-v1:0'],
    ['us.amazon.nova-2-lite-v1:0', west, 'amazon.nova-2-lite-v1:0'],
    ['eu.anthropic.claude-haiku-5-5', { ...setting, region: 'eu-central-1' }, 'anthropic.claude-haiku-5-5'],
    ['global.anthropic.claude-sonnet-5', west, 'anthropic.claude-sonnet-5'],
    ['amazon.nova-lite-v1:0', setting, 'amazon.nova-lite-v1:0'],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', setting, 'amazon.nova-lite-v1:0'],
    [
      'arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6',
      west,
      'anthropic.claude-sonnet-4-6',
    ],
    [deployment, setting, 'amazon.nova-2-lite-v1:0'],
  ])('%s', (modelId, where, id) => {
    expect(resolveModel(modelId, where).id).toBe(id);
  });

  it.each([
    ['anthropic.claude-sonnet-5', setting],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', setting],
    ['amazon.nova-2-lite-v1:0', setting],
    ['amazon.nova-lite-v1:0', west],
  ])('is refused on demand: %s', (modelId, where) => {
    expect(() => resolveModel(modelId, where)).toThrow(
      expect.objectContaining({
        type: 'ValidationException',
        message: `Invocation of model ID ${modelId} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
      }) as Error,
    );
  });

  it.each([
    '',
    'with space',
    'anthropic/claude',
    'ü',
    'a'.repeat(2049),
    'anthropic.claude-sonet-5',
    'eu.amazon.nova-lite-v1:0',
    'eu.amazon.nova-2-lite-v1:0',
    'global.amazon.nova-lite-v1:0',
    'us.amazon.titan-text-express-v1',
    'arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0',
    'arn:aws:s3:us-east-1::foundation-model/amazon.nova-lite-v1:0',
  ])('is invalid: %s', (modelId) => {
    expect(() => resolveModel(modelId, setting)).toThrow(
      expect.objectContaining({
        type: 'ValidationException',
        message: 'The provided model identifier is invalid.',
      }) as Error,
    );
  });

  it('does not find the deployment of another account', () => {
    expect(() => resolveModel(deployment, { region: 'us-east-1', now: NOVEMBER_2026 })).toThrow(
      expect.objectContaining({ status: 404, type: 'ResourceNotFoundException' }) as Error,
    );
  });

  it.each([
    ['anthropic.claude-3-sonnet-20240229-v1:0', '2026-07-30'],
    ['us.anthropic.claude-3-haiku-20240307-v1:0', '2026-09-10'],
    ['amazon.titan-text-express-v1', '2025-08-15'],
  ])('%s is served until %s', (modelId, day) => {
    const end = Date.parse(day);
    expect(resolveModel(modelId, { ...setting, now: end - 1 }).endOfLife).toBe(day);
    expect(() => resolveModel(modelId, { ...setting, now: end })).toThrow(
      expect.objectContaining({
        type: 'ResourceNotFoundException',
        message: expect.stringContaining('reached the end of its life') as string,
      }) as Error,
    );
  });

  it('answers any text with a model or an error of Bedrock', () => {
    fc.assert(
      fc.property(fc.string(), (modelId) => {
        try {
          resolveModel(modelId, setting);
        } catch (error) {
          expect(error).toBeInstanceOf(AwsError);
        }
      }),
    );
  });
});

describe('the table of models', () => {
  it.each(FOUNDATION_MODELS)('$id is well formed', ({ id, endOfLife }) => {
    expect(() => {
      requireModelIdPattern(id);
    }).not.toThrow();
    if (endOfLife !== undefined) expect(endOfLife).toBe(new Date(endOfLife).toISOString().slice(0, 10));
  });

  it('holds every model once', () => {
    expect(new Set(FOUNDATION_MODELS.map(({ id }) => id)).size).toBe(FOUNDATION_MODELS.length);
  });
});

describe('what invoking needs permission for', () => {
  const account = { region: 'us-west-2', accountId: '123456789012' };
  const nova = 'foundation-model/amazon.nova-2-lite-v1:0';

  it.each([
    ['amazon.nova-2-lite-v1:0', [`arn:aws:bedrock:us-west-2::${nova}`]],
    [
      'us.amazon.nova-2-lite-v1:0',
      [
        'arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.amazon.nova-2-lite-v1:0',
        `arn:aws:bedrock:us-east-1::${nova}`,
        `arn:aws:bedrock:us-east-2::${nova}`,
        `arn:aws:bedrock:us-west-2::${nova}`,
      ],
    ],
    [
      'global.amazon.nova-2-lite-v1:0',
      [
        'arn:aws:bedrock:us-west-2:123456789012:inference-profile/global.amazon.nova-2-lite-v1:0',
        `arn:aws:bedrock:::${nova}`,
        `arn:aws:bedrock:us-west-2::${nova}`,
      ],
    ],
  ])('%s', (modelId, arns) => {
    expect(invokedArns(modelId, account)).toEqual(arns);
  });

  it('names each region of a profile’s geography', () => {
    const arns = invokedArns('eu.amazon.nova-2-lite-v1:0', { ...account, region: 'eu-west-1' });
    expect(arns.slice(1).every((arn) => arn.startsWith('arn:aws:bedrock:eu-'))).toBe(true);
    expect(arns).toContain(`arn:aws:bedrock:eu-central-1::${nova}`);
  });

  it.each(['custom-model-deployment', 'provisioned-model', 'imported-model'])(
    'is the ARN itself for a model of this account, whether there is one or not: %s',
    (kind) => {
      const arn = `arn:aws:bedrock:us-west-2:123456789012:${kind}/abcdefghij12`;
      expect(invokedArns(arn, account)).toEqual([arn]);
    },
  );
});
