import type { CreateModelCustomizationJobRequest } from '@aws-sdk/client-bedrock';
import { BUCKET, KEY, LLAMA, PERMISSIONS, Rig, type RigOptions, trust } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

type Changes = Partial<CreateModelCustomizationJobRequest>;
const without = (...names: readonly (keyof typeof PERMISSIONS)[]) =>
  Object.entries(PERMISSIONS)
    .filter(([name]) => !names.some((left) => left === name))
    .map(([, statement]) => statement);

describe('a job is not created', () => {
  const refused: readonly [string, Changes, RegExp][] = [
    [
      'of an unknown model',
      { baseModelIdentifier: 'amazon.nova-mega-v1:0' },
      /provided model identifier is invalid/,
    ],
    [
      'of a model without its context length',
      { baseModelIdentifier: 'amazon.nova-micro-v1:0' },
      /does not support FINE_TUNING/,
    ],
    [
      'of a model that another region tunes',
      { baseModelIdentifier: LLAMA },
      /does not support FINE_TUNING in us-east-1/,
    ],
    [
      'with a value out of range',
      { hyperParameters: { epochCount: '6' } },
      /epochCount must be an integer between 1 and 5/,
    ],
    [
      'with a fraction of an epoch',
      { hyperParameters: { epochCount: '1.5' } },
      /epochCount must be an integer/,
    ],
    [
      'with what is no number',
      { hyperParameters: { learningRate: 'fast' } },
      /learningRate must be a number/,
    ],
    [
      'with another model’s hyperparameter',
      { hyperParameters: { batchSize: '1' } },
      /batchSize is no hyperparameter/,
    ],
    ['with a malformed name', { jobName: '-tuning' }, /'jobName' failed to satisfy constraint/],
    [
      'with a name that is too long',
      { customModelName: 'x'.repeat(64) },
      /'customModelName'.*less than or equal to 63/,
    ],
    [
      'with a URI that is not S3’s',
      { outputDataConfig: { s3Uri: 'https://example.com' } },
      /'outputDataConfig\.s3Uri'/,
    ],
    ['for another customization', { customizationType: 'DISTILLATION' }, /only FINE_TUNING is emulated/],
    [
      'inside a VPC',
      { vpcConfig: { subnetIds: ['subnet-1'], securityGroupIds: ['sg-1'] } },
      /'vpcConfig'.*not emulated/,
    ],
    ['with a key that does not exist', { customModelKmsKeyId: KEY.replace('1111', '9999') }, /KMS key/],
    [
      'outside the readable prefix',
      { trainingDataConfig: { s3Uri: `s3://${BUCKET}/secret/data.jsonl` } },
      /Could not validate GetObject permissions to access Amazon S3 bucket: assistant-training at key secret\/data\.jsonl/,
    ],
    [
      'outside the writable prefix',
      { outputDataConfig: { s3Uri: `s3://${BUCKET}/train` } },
      /PutObject.*at key train\/\.write_access_check_file\.tmp/,
    ],
    [
      'with unreadable validation data',
      { validationDataConfig: { validators: [{ s3Uri: 's3://another-bucket/v.jsonl' }] } },
      /bucket: another-bucket/,
    ],
  ];

  it.each(refused)('%s', async (_, changes, message) => {
    await start();
    const creation = rig.create(changes);
    await expect(creation).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(creation).rejects.toThrow(message);
  });

  it.each([
    ['another service', trust(undefined, undefined, 'lambda.amazonaws.com')],
    ['jobs of another account', trust(undefined, '999999999999')],
    ['jobs of another region', trust('us-west-2')],
  ])('by a role that trusts %s', async (_, trusted) => {
    await start({ trusted });
    await expect(rig.create()).rejects.toThrow('Could not assume provided IAM role.');
  });

  it.each([
    ['read', /GetObject/],
    ['list', /GetObject/],
    ['decrypt', /GetObject/],
    ['write', /PutObject/],
    ['encrypt', /PutObject/],
  ] as const)('without the permission to %s', async (name, message) => {
    await start({ permissions: without(name) });
    await expect(rig.create()).rejects.toThrow(message);
  });

  it('with more than 50 tags', async () => {
    await start();
    const jobTags = Array.from({ length: 51 }, (_, n) => ({ key: `k${n}`, value: '' }));
    await expect(rig.create({ jobTags })).rejects.toMatchObject({
      name: 'TooManyTagsException',
      resourceName: 'tuning',
    });
  });

  it('beside ten that are not over', async () => {
    await start();
    const name = (n: number) => ({ jobName: `job-${n}`, customModelName: `model-${n}` });
    for (let n = 0; n < 10; n += 1) await rig.create(name(n));
    await expect(rig.create(name(10))).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
    await rig.advance(10 * 60_000);
    await expect(rig.create(name(10))).resolves.toMatch(/^arn:/);
  });

  it('by a caller who may not', async () => {
    await start({
      authorize: (_, action) => {
        if (action === 'iam:PassRole') throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
      },
    });
    await expect(rig.create()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('a refused job', () => {
  it('leaves its token and names free', async () => {
    await start();
    const bad = { clientRequestToken: 'token-1', hyperParameters: { epochCount: '9' } };
    await expect(rig.create(bad)).rejects.toThrow();
    await expect(rig.create({ clientRequestToken: 'token-1' })).resolves.toMatch(/^arn:/);
  });
});
