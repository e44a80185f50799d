import {
  CreateModelPackageCommand,
  CreateTrainingJobCommand,
  DeleteModelPackageCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  SageMakerClient,
  UpdateModelPackageCommand,
  type CreateModelPackageInput,
  type ListModelPackagesInput,
} from '@aws-sdk/client-sagemaker';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsServer } from '../../../platform/http/server';
import { createSageMaker, type SageMakerOptions } from '../../../services/sagemaker/sagemaker';
import { ManualClock } from '../../platform/manual-clock';

const GROUP = 'assistant-tuned-models';
const ARN = 'arn:aws:sagemaker:us-east-1:123456789012';

let service: AwsServer;
let client: SageMakerClient;
let clock: ManualClock;

async function start(options: Partial<SageMakerOptions> = {}): Promise<void> {
  clock = new ManualClock();
  service = createSageMaker({ region: 'us-east-1', group: GROUP, clock, ...options });
  client = new SageMakerClient({
    endpoint: await service.listen(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
}
afterEach(async () => {
  client.destroy();
  await service.close();
});

const create = async (changes: Partial<CreateModelPackageInput> = {}) => {
  const command = new CreateModelPackageCommand({ ModelPackageGroupName: GROUP, ...changes });
  return (await client.send(command)).ModelPackageArn ?? '';
};
const describePackage = (ModelPackageName: string) =>
  client.send(new DescribeModelPackageCommand({ ModelPackageName }));
const list = (query: ListModelPackagesInput = {}) =>
  client.send(new ListModelPackagesCommand({ ModelPackageGroupName: GROUP, ...query }));
const versions = async (query?: ListModelPackagesInput) =>
  (await list(query)).ModelPackageSummaryList?.map(({ ModelPackageVersion }) => ModelPackageVersion);

it('knows the group of the stack by name and ARN, and no other', async () => {
  await start();
  for (const ModelPackageGroupName of [GROUP, `${ARN}:model-package-group/${GROUP}`]) {
    expect((await list({ ModelPackageGroupName })).ModelPackageSummaryList).toEqual([]);
  }
  await expect(list({ ModelPackageGroupName: 'other' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'ModelPackageGroup other does not exist.',
  });
});

describe('a version', () => {
  it('says of a tuned model what it was told', async () => {
    await start();
    const arn = await create({
      ModelPackageDescription: 'Support, November',
      CustomerMetadataProperties: {
        jobArn: 'arn:aws:bedrock:us-east-1:123456789012:model-customization-job/x/1',
      },
    });
    expect(arn).toBe(`${ARN}:model-package/${GROUP}/1`);
    for (const name of [arn, `${GROUP}/1`]) {
      expect(await describePackage(name)).toMatchObject({
        ModelPackageVersion: 1,
        ModelPackageStatus: 'Completed',
        ModelApprovalStatus: 'PendingManualApproval',
        ModelPackageDescription: 'Support, November',
      });
    }
  });

  it('is approved, and given properties', async () => {
    await start();
    const ModelPackageArn = await create({ CustomerMetadataProperties: { a: '1', b: '2' } });
    clock.advance(60_000);
    await client.send(
      new UpdateModelPackageCommand({
        ModelPackageArn,
        ModelApprovalStatus: 'Approved',
        ApprovalDescription: 'Good answers',
        CustomerMetadataProperties: { b: '3', c: '4' },
      }),
    );
    const version = await describePackage(ModelPackageArn);
    expect(version).toMatchObject({
      ModelApprovalStatus: 'Approved',
      ApprovalDescription: 'Good answers',
      CustomerMetadataProperties: { a: '1', b: '3', c: '4' },
    });
    expect(version.LastModifiedTime?.getTime()).toBe(clock.now());
  });

  it('is made once for a token', async () => {
    await start();
    const arn = await create({ ClientToken: 'token-1' });
    expect(await create({ ClientToken: 'token-1' })).toBe(arn);
    await expect(create({ ClientToken: 'token-1', ModelPackageDescription: 'x' })).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect(await versions()).toEqual([1]);
  });

  it('is deleted, and its number not given again', async () => {
    await start();
    const arn = await create();
    await client.send(new DeleteModelPackageCommand({ ModelPackageName: arn }));
    await expect(describePackage(arn)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await create()).toMatch(/\/2$/);
  });

  it.each<[string, Partial<CreateModelPackageInput>]>([
    ['in another group', { ModelPackageGroupName: 'other' }],
    ['with a name of its own', { ModelPackageName: 'support' }],
    ['with tags, which its group has', { Tags: [{ Key: 'a', Value: 'b' }] }],
    [
      'with 51 properties',
      {
        CustomerMetadataProperties: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v'])),
      },
    ],
    ['with a value that is too long', { CustomerMetadataProperties: { a: 'x'.repeat(257) } }],
    ['with an unknown approval', { ModelApprovalStatus: 'Maybe' as 'Approved' }],
    ['with a token that is too long', { ClientToken: 'x'.repeat(37) }],
  ])('is refused %s', async (_, changes) => {
    await start();
    await expect(create(changes)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await versions()).toEqual([]);
  });

  it('does not take a 51st property later', async () => {
    await start();
    const properties = (from: number, length: number) =>
      Object.fromEntries(Array.from({ length }, (_, n) => [`k${from + n}`, 'v']));
    const ModelPackageArn = await create({ CustomerMetadataProperties: properties(0, 50) });
    const update = new UpdateModelPackageCommand({
      ModelPackageArn,
      CustomerMetadataProperties: properties(50, 1),
    });
    await expect(client.send(update)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

it('lists versions newest first, or last, page by page', async () => {
  await start();
  for (let version = 1; version <= 3; version += 1) await create();
  expect(await versions()).toEqual([3, 2, 1]);
  expect(await versions({ SortOrder: 'Ascending' })).toEqual([1, 2, 3]);
  const first = await list({ MaxResults: 2 });
  expect(first.ModelPackageSummaryList).toHaveLength(2);
  expect(await versions({ MaxResults: 2, NextToken: first.NextToken })).toEqual([1]);
  for (const refused of [{ MaxResults: 101 }, { ModelApprovalStatus: 'Approved' }] as const) {
    await expect(list(refused)).rejects.toMatchObject({ name: 'ValidationException' });
  }
  const outside = await client.send(new ListModelPackagesCommand({}));
  expect(outside.ModelPackageSummaryList).toEqual([]);
});

it('tells who may not look nothing of what is not there', async () => {
  const asked: string[] = [];
  await start({
    authorize: (_, __, on) => {
      asked.push(on);
      throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
    },
  });
  const other = `${ARN}:model-package/other/1`;
  const calls = [
    describePackage('other/1'),
    create({ ModelPackageGroupName: 'other' }),
    client.send(new UpdateModelPackageCommand({ ModelPackageArn: other })),
    client.send(new DeleteModelPackageCommand({ ModelPackageName: other })),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const group = `${ARN}:model-package-group/other`;
  expect(asked.sort()).toEqual([other, other, other, group].sort());
});

it('refuses what is not emulated, and what is not permitted', async () => {
  await start({
    authorize: (_, action) => {
      if (action === 'sagemaker:DeleteModelPackage') {
        throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
      }
    },
  });
  const training = new CreateTrainingJobCommand({
    TrainingJobName: 'x',
    RoleArn: 'arn:aws:iam::123456789012:role/training',
    AlgorithmSpecification: { TrainingInputMode: 'File' },
    OutputDataConfig: { S3OutputPath: 's3://bucket' },
    ResourceConfig: { VolumeSizeInGB: 1 },
    StoppingCondition: {},
  });
  await expect(client.send(training)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  const ModelPackageName = await create();
  await expect(client.send(new DeleteModelPackageCommand({ ModelPackageName }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
});
