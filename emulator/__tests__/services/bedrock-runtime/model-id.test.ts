import fc from 'fast-check';
import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { AwsError } from '../../../platform/http/aws-error';
import { FOUNDATION_MODELS } from '../../../services/bedrock-runtime/foundation-models';
import { invokedArns, requireModelIdPattern, resolveModel } from '../../../services/bedrock-runtime/model-id';
import { NOVEMBER_2026, Rig } from './fixture';
import { allow, authorizerOf, documentOf, ROLE } from '../../platform/policy/fixture';

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
  const region = 'us-west-2';
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
    expect(invokedArns(modelId, region)).toEqual(arns);
  });

  it('names each region of a profile’s geography', () => {
    const arns = invokedArns('eu.amazon.nova-2-lite-v1:0', 'eu-west-1');
    expect(arns.slice(1).every((arn) => arn.startsWith('arn:aws:bedrock:eu-'))).toBe(true);
    expect(arns).toContain(`arn:aws:bedrock:eu-central-1::${nova}`);
  });

  it.each(['custom-model-deployment', 'provisioned-model', 'imported-model'])(
    'is the ARN itself for a model of this account, whether there is one or not: %s',
    (kind) => {
      const arn = `arn:aws:bedrock:us-west-2:123456789012:${kind}/abcdefghij12`;
      expect(invokedArns(arn, region)).toEqual([arn]);
    },
  );
});

const ACCOUNT = '123456789012';
const own = (kind: string, account = ACCOUNT) => `arn:aws:bedrock:us-east-1:${account}:${kind}/abcdefghij12`;
const DEPLOYMENT = own('custom-model-deployment');

let rig: Rig | undefined;
afterEach(() => rig?.stop());

describe('a tuned model', () => {
  it('is served from its deployment on, and no longer than that', async () => {
    const served = new Map<string, string>();
    const running = (rig = await Rig.start({ ownModels: served }));
    const said = async () =>
      (await running.converse({ modelId: DEPLOYMENT })).output?.message?.content?.[0]?.text;
    await expect(said()).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
    served.set(DEPLOYMENT, 'amazon.nova-micro-v1:0:128k');
    const subject = `the tuned model ${DEPLOYMENT}, made from amazon.nova-micro-v1:0, in us-east-1`;
    expect(await said()).toContain(`[stand-in for ${subject}; no model was called]`);
    served.clear();
    await expect(said()).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
  });

  it('has the limits of the model that it was made from', async () => {
    rig = await Rig.start({ ownModels: new Map([[DEPLOYMENT, 'amazon.nova-micro-v1:0']]) });
    await expect(
      rig.converse({ modelId: DEPLOYMENT, inferenceConfig: { maxTokens: 10_001 } }),
    ).rejects.toThrow('exceeds the model limit of 10000');
  });
});

describe('a role’s policy on tuned models', () => {
  const Resource = `arn:aws:bedrock:us-east-1:${ACCOUNT}:custom-model-deployment/*`;
  const authorizer = authorizerOf([documentOf({ ...allow, Resource })]);

  it.each([
    ['lets what it names through', DEPLOYMENT, undefined],
    ['does not say whether others exist', own('provisioned-model'), sdk.AccessDeniedException],
    ['decides about what does not exist', own('imported-model'), sdk.AccessDeniedException],
    ['ends at the account', own('custom-model-deployment', '999999999999'), sdk.AccessDeniedException],
    [
      'leaves what is allowed and missing to Bedrock',
      `${DEPLOYMENT.slice(0, -1)}3`,
      sdk.ResourceNotFoundException,
    ],
  ])('%s: %s', async (_, modelId, failure) => {
    rig = await Rig.start({
      ownModels: new Map([
        [DEPLOYMENT, 'amazon.nova-micro-v1:0'],
        [own('provisioned-model'), 'amazon.nova-micro-v1:0'],
      ]),
      authorize: (_caller, model, action) => {
        for (const each of invokedArns(model, 'us-east-1')) authorizer.authorize(ROLE, action, each);
      },
    });
    const answer = rig.converse({ modelId });
    if (failure) await expect(answer).rejects.toBeInstanceOf(failure);
    else expect((await answer).stopReason).toBe('end_turn');
  });
});
