import {
  createAuthorizer,
  AccessDeniedError,
  compileStatement,
  decide,
  wildcard,
  json,
} from '@assistant/emulator/run';
import { mlopsStack } from './synthesized';

const stack = mlopsStack();
const authorizer = createAuthorizer(stack);
const ROLE = stack.outputs.sagemaker_role_arn as string;
const KEY = stack.outputs.kms_key_arn as string;
const BUCKET = `arn:aws:s3:::${stack.outputs.s3_bucket_name as string}`;

type Call = readonly [action: string, resource: string, context?: Readonly<Record<string, string>>];

const listing = (prefix: string): Call => ['s3:ListBucket', BUCKET, { 's3:prefix': prefix }];
const via = (service: string, region = 'us-east-1') => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
});

const allowed = ([action, resource, context]: Call): boolean => {
  try {
    authorizer.authorize(ROLE, action, resource, context);
    return true;
  } catch (error) {
    if (error instanceof AccessDeniedError) return false;
    throw error;
  }
};

/** Source: Bedrock user guide, "Create a service role for model customization" and "Encryption of custom models". */
const BEDROCK_JOB: readonly Call[] = [
  ['s3:GetBucketLocation', BUCKET],
  listing('train/v1/train.jsonl'),
  listing('validation/'),
  listing('output/'),
  ['s3:GetObject', `${BUCKET}/train/v1/train.jsonl`],
  ['s3:GetObject', `${BUCKET}/validation/v1.jsonl`],
  [
    's3:GetObject',
    `${BUCKET}/output/model-customization-job-1/training_artifacts/step_wise_training_metrics.csv`,
  ],
  [
    's3:PutObject',
    `${BUCKET}/output/model-customization-job-1/training_artifacts/step_wise_training_metrics.csv`,
  ],
  ['s3:AbortMultipartUpload', `${BUCKET}/output/model-customization-job-1/x`],
  ['kms:Decrypt', KEY, via('s3')],
  ['kms:GenerateDataKey', KEY, via('s3')],
  ['kms:DescribeKey', KEY, via('bedrock')],
  ['kms:CreateGrant', KEY, via('bedrock')],
];

const NEIGHBOURS: readonly Call[] = [
  listing(''),
  listing('drafts/'),
  ['s3:ListBucket', BUCKET],
  ['s3:GetObject', `${BUCKET}/drafts/train.jsonl`],
  ['s3:GetObject', `${BUCKET}/training/train.jsonl`],
  ['s3:GetObject', 'arn:aws:s3:::another-bucket/train/train.jsonl'],
  ['s3:PutObject', `${BUCKET}/train/train.jsonl`],
  ['s3:PutObject', `${BUCKET}/validation/v1.jsonl`],
  ['s3:DeleteObject', `${BUCKET}/output/job-1/output/model.tar.gz`],
  ['s3:DeleteObjectVersion', `${BUCKET}/train/train.jsonl`],
  ['s3:PutBucketPolicy', BUCKET],
  ['kms:Decrypt', KEY],
  ['kms:Decrypt', KEY, via('dynamodb')],
  ['kms:Decrypt', KEY, via('s3', 'us-west-2')],
  ['kms:Decrypt', KEY.replace(/.$/, 'x'), via('s3')],
  ['kms:CreateGrant', KEY, via('s3')],
  ['kms:ScheduleKeyDeletion', KEY, via('s3')],
  ['kms:PutKeyPolicy', KEY, via('s3')],
  // No command starts a job of SageMaker's, which would need these.
  ['ecr:GetAuthorizationToken', '*'],
  ['ecr:BatchGetImage', 'arn:aws:ecr:us-east-1:683313688378:repository/sagemaker-xgboost'],
  [
    'logs:PutLogEvents',
    'arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/TrainingJobs:log-stream:x',
  ],
  ['cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs' }],
  ['iam:PassRole', ROLE],
  ['bedrock:InvokeModel', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0'],
];

describe('the training role may', () => {
  it.each(BEDROCK_JOB.map((call) => ({ call })))('do as a Bedrock customization job: $call', ({ call }) => {
    expect(allowed(call)).toBe(true);
  });

  it.each(NEIGHBOURS.map((call) => ({ call })))('not do anything else: $call', ({ call }) => {
    expect(allowed(call)).toBe(false);
  });

  it('do nothing to all resources, and no group of actions', () => {
    const { Statement } = json(stack.one('aws_iam_role_policy'), 'policy') as {
      Statement: { Action: string[]; Resource: string[] }[];
    };
    expect(Statement.flatMap(({ Resource }) => Resource)).not.toContain('*');
    expect(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
  });
});

const ACCOUNT = { 'aws:SourceAccount': '123456789012' };
const jobArn = (account: string, kind = 'model-customization-job', region = 'us-east-1') => ({
  'aws:SourceArn': `arn:aws:bedrock:${region}:${account}:${kind}/amazon.nova-micro-v1:0:128k/abc`,
});

describe('the training role is taken by', () => {
  it.each([
    ['Bedrock’s job of this account', 'bedrock', { ...ACCOUNT, ...jobArn('123456789012') }, true],
    ['SageMaker for this account', 'sagemaker', ACCOUNT, true],
    ['Bedrock without a source', 'bedrock', {}, false],
    ['Bedrock without a job', 'bedrock', ACCOUNT, false],
    ['Bedrock’s job without an account', 'bedrock', jobArn('123456789012'), false],
    [
      'another account’s job',
      'bedrock',
      { 'aws:SourceAccount': '999999999999', ...jobArn('999999999999') },
      false,
    ],
    ['another account’s job in our name', 'bedrock', { ...ACCOUNT, ...jobArn('999999999999') }, false],
    ['another kind of job', 'bedrock', { ...ACCOUNT, ...jobArn('123456789012', 'evaluation-job') }, false],
    [
      'a job of another region',
      'bedrock',
      { ...ACCOUNT, ...jobArn('123456789012', undefined, 'us-west-2') },
      false,
    ],
    ['SageMaker for another account', 'sagemaker', { 'aws:SourceAccount': '999999999999' }, false],
    ['SageMaker for nobody', 'sagemaker', {}, false],
    ['Lambda', 'lambda', { ...ACCOUNT, ...jobArn('123456789012') }, false],
  ])('%s: %s %j %s', (_, service, context, expected) => {
    expect(authorizer.assumable(ROLE, `${service}.amazonaws.com`, context)).toBe(expected);
  });
});

describe('the key’s own policy', () => {
  interface KeyStatement {
    readonly Effect: 'Allow' | 'Deny';
    readonly Principal: { readonly AWS: string };
    readonly Action: string | readonly string[];
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }
  const { Statement } = json(stack.one('aws_kms_key'), 'policy') as { Statement: readonly KeyStatement[] };
  const statements = Statement.map(({ Effect, Principal, Action, Condition = {} }, index) => {
    const condition = Object.entries(Condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, [values].flat()])),
    ]);
    const elements = { Effect, Action: [Action].flat(), Condition: Object.fromEntries(condition) as never };
    return compileStatement(elements, [wildcard(Principal.AWS)], `Statement.${index}`);
  });

  it.each([
    ['the training role through S3', ROLE, 'kms:Decrypt', via('s3'), 'allowed'],
    ['the training role through Bedrock', ROLE, 'kms:CreateGrant', via('bedrock'), 'allowed'],
    ['the training role by itself', ROLE, 'kms:Decrypt', {}, 'not allowed'],
    ['the training role as its administrator', ROLE, 'kms:PutKeyPolicy', via('s3'), 'not allowed'],
    ['another role', 'arn:aws:iam::123456789012:role/other', 'kms:Decrypt', via('s3'), 'not allowed'],
    [
      'the account, so that the key is never without an administrator',
      'arn:aws:iam::123456789012:root',
      'kms:PutKeyPolicy',
      {},
      'allowed',
    ],
    ['another account', 'arn:aws:iam::999999999999:root', 'kms:Decrypt', via('s3'), 'not allowed'],
  ])('for %s', (_, principal, action, context, expected) => {
    expect(decide(statements, action, principal, context)).toBe(expected);
  });
});
