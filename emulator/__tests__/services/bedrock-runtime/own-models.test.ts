import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { invokedArns } from '../../../services/bedrock-runtime/model-id';
import { createAuthorizer } from '../../../platform/policy/authorizer';
import type { Resource } from '../../../stack/resource';
import { Rig } from './fixture';

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
  const resource = (type: string, values: Record<string, unknown>): Resource => ({
    ...{ address: `${type}.x`, type, name: 'x', values },
  });
  const document = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
  const arn = `arn:aws:iam::${ACCOUNT}:role/router`;
  const resources = [
    resource('aws_iam_role', {
      ...{ name: 'router', arn },
      assume_role_policy: document({
        Action: 'sts:AssumeRole',
        Principal: { Service: ['lambda.amazonaws.com'] },
      }),
    }),
    resource('aws_iam_role_policy', {
      role: 'router',
      policy: document({
        Action: 'bedrock:InvokeModel',
        Resource: `arn:aws:bedrock:us-east-1:${ACCOUNT}:custom-model-deployment/*`,
      }),
    }),
  ];
  const authorizer = createAuthorizer({ of: (type) => resources.filter((one) => one.type === type) });
  const setting = { region: 'us-east-1', accountId: ACCOUNT };

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
        for (const each of invokedArns(model, setting)) authorizer.authorize(arn, action, each);
      },
    });
    const answer = rig.converse({ modelId });
    if (failure) await expect(answer).rejects.toBeInstanceOf(failure);
    else expect((await answer).stopReason).toBe('end_turn');
  });
});
