import {
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  paginateSimulatePrincipalPolicy,
  SimulatePrincipalPolicyCommand,
  type ContextEntry,
} from '@aws-sdk/client-iam';
import type { AwsServer } from '../../../platform/http/server';
import { createIam } from '../../../services/iam/iam-api';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { documentOf, resource } from '../../platform/policy/fixture';

const ROLE = 'arn:aws:iam::123456789012:role/training';
const BUCKET = 'arn:aws:s3:::training';
const TRUST = documentOf({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: { Service: 'bedrock.amazonaws.com' },
});
const POLICY = documentOf(
  { Effect: 'Allow', Action: 's3:GetObject', Resource: `${BUCKET}/train/*` },
  { Effect: 'Deny', Action: 's3:*', Resource: `${BUCKET}/train/secret/*` },
  {
    ...{ Effect: 'Allow', Action: 's3:ListBucket', Resource: BUCKET },
    Condition: { StringLike: { 's3:prefix': 'train/*' } },
  },
);
const RESOURCES = [
  resource('aws_iam_role', { name: 'training', arn: ROLE, unique_id: 'AROA1', assume_role_policy: TRUST }),
  resource('aws_iam_role_policy', { name: 'permissions', role: 'training', policy: POLICY }),
  resource('aws_iam_role_policy', { name: 'more', role: 'training', policy: POLICY }),
];
const stack = { of: (type: string) => RESOURCES.filter((candidate) => candidate.type === type) };
const NAME = { RoleName: 'training' };

describe('the API of IAM', () => {
  let api: AwsServer;
  let client: IAMClient;
  const denied = new Set<string>();
  const asked: string[] = [];
  beforeAll(async () => {
    api = createIam({
      stack,
      authorize: (_, action, on) => {
        asked.push(on);
        if (denied.has(action)) throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
      },
    });
    client = new IAMClient({
      endpoint: await api.listen(),
      region: 'us-east-1',
      credentials: OPERATOR,
      maxAttempts: 1,
    });
  });
  afterAll(async () => {
    client.destroy();
    await api.close();
  });

  it('describes a role, its trust policy percent-encoded', async () => {
    const { Role } = await client.send(new GetRoleCommand(NAME));
    expect(Role).toMatchObject({
      ...NAME,
      Path: '/',
      RoleId: 'AROA1',
      Arn: ROLE,
      MaxSessionDuration: 3600,
      CreateDate: new Date(0),
    });
    expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(TRUST);
  });

  const simulate = async (
    action: string,
    on?: string,
    context: Record<string, string> = {},
    boundary?: readonly object[],
  ) => {
    const ContextEntries = Object.entries(context).map(([ContextKeyName, value]): ContextEntry => ({
      ContextKeyName,
      ContextKeyType: 'string',
      ContextKeyValues: [value],
    }));
    const { EvaluationResults } = await client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: ROLE,
        ActionNames: [action],
        ...(on !== undefined && { ResourceArns: [on] }),
        ContextEntries,
        ...(boundary && {
          PermissionsBoundaryPolicyInputList: [documentOf(...boundary)],
        }),
      }),
    );
    return EvaluationResults?.[0];
  };

  it.each([
    ['s3:GetObject', `${BUCKET}/train/a`, {}, 'allowed'],
    ['s3:GetObject', `${BUCKET}/output/a`, {}, 'implicitDeny'],
    ['s3:GetObject', `${BUCKET}/train/secret/a`, {}, 'explicitDeny'],
    ['s3:PutObject', `${BUCKET}/train/a`, {}, 'implicitDeny'],
    ['s3:ListBucket', BUCKET, { 's3:prefix': 'train/a' }, 'allowed'],
    ['s3:ListBucket', BUCKET, { 's3:prefix': 'output/' }, 'implicitDeny'],
    ['s3:ListBucket', BUCKET, {}, 'implicitDeny'],
  ])('simulates %s on %s with %j: %s', async (action, on, context, decision) => {
    expect(await simulate(action, on, context)).toMatchObject({
      EvalActionName: action,
      EvalResourceName: on,
      EvalDecision: decision,
      MissingContextValues: 's3:prefix' in context ? [] : ['s3:prefix'],
    });
  });

  const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
  const elsewhere = (operator: string, ...regions: readonly string[]) => ({
    ...{ Effect: 'Deny', NotAction: ['iam:*', 'sts:*'], Resource: '*' },
    Condition: { [operator]: { 'aws:RequestedRegion': regions } },
  });
  const HERE = { 'aws:RequestedRegion': 'us-east-1' };
  it.each([
    ['that allows everything', [ALL], HERE, 'allowed'],
    ['that allows nothing of it', [{ ...ALL, Action: 'iam:*' }], HERE, 'implicitDeny'],
    [
      'that denies other regions',
      [ALL, elsewhere('StringNotEquals', 'us-east-1', 'us-west-2')],
      HERE,
      'allowed',
    ],
    [
      'that denies this region',
      [ALL, elsewhere('StringNotEquals', 'eu-west-1', 'us-west-2')],
      HERE,
      'explicitDeny',
    ],
    ['that denies where none is told', [ALL, elsewhere('StringNotEquals', 'eu-west-1')], {}, 'explicitDeny'],
    ['that denies by a pattern', [ALL, elsewhere('StringNotLike', 'us-*')], HERE, 'allowed'],
    [
      'that denies all but this',
      [ALL, { Effect: 'Deny', NotAction: 's3:Get*', Resource: '*' }],
      {},
      'allowed',
    ],
  ])('simulates within a boundary %s', async (_, boundary, context, decision) => {
    expect(await simulate('s3:GetObject', `${BUCKET}/train/a`, context, boundary)).toMatchObject({
      EvalDecision: decision,
    });
  });

  it('simulates each action on each resource, page by page, and on all resources where none is named', async () => {
    const pages = paginateSimulatePrincipalPolicy(
      { client, pageSize: 3 },
      {
        PolicySourceArn: ROLE,
        ActionNames: ['s3:GetObject', 's3:PutObject'],
        ResourceArns: [`${BUCKET}/train/a`, `${BUCKET}/b`],
      },
    );
    const decisions: (string | undefined)[] = [];
    for await (const { EvaluationResults = [] } of pages) {
      decisions.push(...EvaluationResults.map(({ EvalDecision }) => EvalDecision));
    }
    expect(decisions).toEqual(['allowed', 'implicitDeny', 'implicitDeny', 'implicitDeny']);
    expect(await simulate('s3:GetObject')).toMatchObject({ EvalResourceName: '*' });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a role', () => client.send(new GetRoleCommand({ RoleName: 'none' })), 'NoSuchEntityException'],
    [
      'a source of policies',
      () =>
        client.send(
          new SimulatePrincipalPolicyCommand({ PolicySourceArn: `${ROLE}s`, ActionNames: ['s3:GetObject'] }),
        ),
      'NoSuchEntityException',
    ],
    ['a name', () => client.send(new GetRoleCommand({ RoleName: 'no name' })), 'ValidationError'],
    [
      'a size of pages',
      () =>
        client.send(
          new SimulatePrincipalPolicyCommand({
            PolicySourceArn: ROLE,
            ActionNames: ['s3:GetObject'],
            MaxItems: 1001,
          }),
        ),
      'ValidationError',
    ],
    ['an action', () => simulate('s3:*'), 'InvalidInputException'],
    ['a resource', () => simulate('s3:GetObject', 'nonsense'), 'InvalidInputException'],
    [
      'an element',
      () => simulate('s3:GetObject', BUCKET, {}, [{ Effect: 'Deny', Resource: '*' }]),
      'InvalidInputException',
    ],
    ['an operation', () => client.send(new GetUserCommand({})), 'InvalidAction'],
  ])('refuses %s that is not there', async (_, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });

  it('asks for the caller’s permission, before it tells what is not there', async () => {
    for (const action of ['iam:GetRole', 'iam:SimulatePrincipalPolicy']) denied.add(action);
    asked.length = 0;
    const none = 'arn:aws:iam::123456789012:role/none';
    const simulation = { PolicySourceArn: none, ActionNames: ['s3:GetObject'] };
    for (const call of [
      () => client.send(new GetRoleCommand(NAME)),
      () => client.send(new GetRoleCommand({ RoleName: 'none' })),
      () => client.send(new SimulatePrincipalPolicyCommand(simulation)),
    ])
      await expect(call()).rejects.toMatchObject({
        name: 'AccessDenied',
        $metadata: { httpStatusCode: 403 },
      });
    expect(asked).toEqual([ROLE, none, none]);
    denied.clear();
  });
});
