import {
  ListModelCustomizationJobsCommand,
  type ListModelCustomizationJobsRequest,
  ListTagsForResourceCommand,
  StopModelCustomizationJobCommand,
} from '@aws-sdk/client-bedrock';
import { BUCKET, conversation, CONVERSATIONS, jsonLines, KEY, NOVA, Rig, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

const MINUTE = 60_000;

describe('a customization job', () => {
  it('goes through its phases and makes a custom model', async () => {
    await start();
    const arn = await rig.create({ jobTags: [{ key: 'team', value: 'support' }] });
    expect(arn).toMatch(
      /^arn:aws:bedrock:us-east-1:123456789012:model-customization-job\/amazon\.nova-micro-v1:0:128k\/[a-z0-9]{12}$/,
    );
    const phases = async () => {
      const { statusDetails } = await rig.get(arn);
      const { validationDetails, dataProcessingDetails, trainingDetails } = statusDetails ?? {};
      return [validationDetails, dataProcessingDetails, trainingDetails].map((phase) => phase?.status);
    };
    expect(await phases()).toEqual(['InProgress', 'NotStarted', 'NotStarted']);
    await rig.advance(10_000);
    expect(await phases()).toEqual(['Completed', 'InProgress', 'NotStarted']);
    await rig.advance(10_000);
    expect(await phases()).toEqual(['Completed', 'Completed', 'InProgress']);
    await rig.advance(2 * MINUTE);
    expect(await phases()).toEqual(['Completed', 'Completed', 'Completed']);
    expect(await rig.get('tuning')).toMatchObject({
      jobArn: arn,
      status: 'Completed',
      outputModelName: 'support',
      hyperParameters: { epochCount: '2', learningRate: '0.00001', learningRateWarmupSteps: '10' },
      trainingMetrics: { trainingLoss: expect.any(Number) as number },
    });
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceARN: arn }));
    expect(tags).toEqual([{ key: 'team', value: 'support' }]);
  });

  it('writes the metrics of its training and validation where Bedrock does', async () => {
    await start();
    const validationDataConfig = { validators: [{ s3Uri: `s3://${BUCKET}/train/validation.jsonl` }] };
    const job = await rig.finished(await rig.create({ validationDataConfig }));
    const folder = `${BUCKET}/output/model-customization-job-${job.jobArn?.slice(-12) ?? ''}`;
    const training = rig.objects.contents.get(`${folder}/training_artifacts/step_wise_training_metrics.csv`);
    const validation = rig.objects.contents.get(
      `${folder}/validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv`,
    );
    const rows = training?.trim().split('\n') ?? [];
    expect(rows[0]).toBe('step_number,epoch_number,training_loss,perplexity');
    expect(rows.at(-1)?.split(',').slice(0, 2)).toEqual(['5', '1']);
    expect(Number(rows.at(-1)?.split(',')[2])).toBeCloseTo(job.trainingMetrics?.trainingLoss ?? NaN, 5);
    expect(validation).toMatch(/^step_number,epoch_number,validation_loss,perplexity\n2,0,.+\n5,1,.+\n$/);
    expect(job.validationMetrics).toHaveLength(1);
  });

  it('has the same losses for the same data, and others for other data', async () => {
    await start();
    rig.objects.put(BUCKET, 'train/other.jsonl', jsonLines([...CONVERSATIONS].reverse()));
    const lossOf = async (jobName: string, file: string) => {
      const trainingDataConfig = { s3Uri: `s3://${BUCKET}/train/${file}` };
      const job = await rig.finished(
        await rig.create({ jobName, customModelName: jobName, trainingDataConfig }),
      );
      return job.trainingMetrics?.trainingLoss;
    };
    const loss = await lossOf('one', 'data.jsonl');
    expect(await lossOf('two', 'data.jsonl')).toBe(loss);
    expect(await lossOf('three', 'other.jsonl')).not.toBe(loss);
  });

  it('encrypts its model with a key of the account', async () => {
    await start();
    const job = await rig.finished(await rig.create({ customModelKmsKeyId: KEY }));
    expect(job.outputModelKmsKeyArn).toBe(KEY);
  });
});

describe('one job', () => {
  it('exists for a token, however often it is asked for', async () => {
    await start();
    const first = await rig.create({ clientRequestToken: 'token-1' });
    expect(await rig.create({ clientRequestToken: 'token-1' })).toBe(first);
    await rig.finished(first);
    expect(await rig.create({ clientRequestToken: 'token-1' })).toBe(first);
  });

  it('is what a token stands for, and no other', async () => {
    await start();
    await rig.create({ clientRequestToken: 'token-1' });
    await expect(rig.create({ clientRequestToken: 'token-1', jobName: 'another' })).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it.each([
    [{ customModelName: 'other' }, 'The provided job name is currently in use.'],
    [{ jobName: 'other' }, 'The provided custom model name is currently in use.'],
  ])('has its names to itself: %j', async (changes, message) => {
    await start();
    const arn = await rig.create();
    await expect(rig.create(changes)).rejects.toMatchObject({ name: 'ValidationException', message });
    await rig.finished(arn);
    await expect(rig.create(changes)).rejects.toMatchObject({ name: 'ValidationException', message });
  });
});

describe('a job that is stopped', () => {
  it('is Stopping, then Stopped, and makes no model', async () => {
    await start();
    const arn = await rig.create();
    await rig.advance(15_000);
    await rig.client.send(new StopModelCustomizationJobCommand({ jobIdentifier: arn }));
    expect((await rig.get(arn)).status).toBe('Stopping');
    await rig.advance(10 * MINUTE);
    const job = await rig.get(arn);
    expect(job).toMatchObject({
      status: 'Stopped',
      statusDetails: { dataProcessingDetails: { status: 'Stopped' } },
    });
    expect(job.outputModelArn).toBeUndefined();
    expect([...rig.objects.contents.keys()].filter((key) => key.includes('/output/'))).toEqual([]);
  });

  it('is not stopped twice, nor is one that is over', async () => {
    await start();
    const stop = (jobIdentifier: string) =>
      rig.client.send(new StopModelCustomizationJobCommand({ jobIdentifier }));
    const arn = await rig.create();
    await stop(arn);
    await expect(stop(arn)).rejects.toMatchObject({ name: 'ConflictException' });
    const done = await rig.finished(await rig.create({ jobName: 'done', customModelName: 'done' }));
    await expect(stop(done.jobArn ?? '')).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(stop('unknown')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('a job fails', () => {
  const failing: readonly [string, string, RegExp][] = [
    ['without its data', 'missing', /key does not exist.*train\/bad\.jsonl/],
    [
      'with fewer records than the model needs',
      jsonLines(CONVERSATIONS.slice(0, 7)),
      /7 records.*at least 8/,
    ],
    [
      'with more records than it takes',
      jsonLines(Array.from({ length: 20_001 }, () => CONVERSATIONS[0])),
      /more than 20000 records/,
    ],
    [
      'with a line that is not JSON',
      `${jsonLines(CONVERSATIONS)}{"a"\n`,
      /^Unable to parse Amazon S3 file: bad\.jsonl\. .*Line 21: is not valid JSON/,
    ],
    ['with an empty line', `\n${jsonLines(CONVERSATIONS)}`, /Line 1: is not valid JSON/],
    [
      'with a reserved keyword',
      jsonLines([...CONVERSATIONS, conversation('User: hello')]),
      /Line 21: messages\.0\.content\.0\.text contains the reserved keyword User:/,
    ],
    [
      'with a record of the other format',
      jsonLines([{ prompt: 'a', completion: 'b' }]),
      /Line 1: messages must be an array/,
    ],
    [
      'with a record that is too long',
      jsonLines([conversation('x'.repeat(8 * 2 ** 20))]),
      /^Input size exceeded in file bad\.jsonl for record 1/,
    ],
  ];

  it.each(failing)('%s', async (_, content, message) => {
    await start();
    if (content !== 'missing') rig.objects.put(BUCKET, 'train/bad.jsonl', content);
    const trainingDataConfig = { s3Uri: `s3://${BUCKET}/train/bad.jsonl` };
    const job = await rig.finished(await rig.create({ trainingDataConfig }));
    expect(job.status).toBe('Failed');
    expect(job.failureMessage).toMatch(message);
    expect(job.statusDetails?.validationDetails?.status).toBe('Failed');
  });

  it('by an injected fault, and frees its model name', async () => {
    let fault: string | undefined = 'Training did not converge.';
    await start({
      intercept: () => (fault === undefined ? undefined : { kind: 'job', failureMessage: fault }),
    });
    const job = await rig.finished(await rig.create());
    expect(job).toMatchObject({
      status: 'Failed',
      failureMessage: fault,
      baseModelArn: `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`,
    });
    fault = undefined;
    expect((await rig.finished(await rig.create({ jobName: 'again' }))).status).toBe('Completed');
  });
});

describe('jobs are listed', () => {
  const names = async (query: ListModelCustomizationJobsRequest) => {
    const page = await rig.client.send(new ListModelCustomizationJobsCommand(query));
    return page.modelCustomizationJobSummaries?.map(({ jobName }) => jobName);
  };

  it('newest first, or last, and page by page', async () => {
    await start();
    for (const jobName of ['a1', 'a2', 'b3']) {
      await rig.create({ jobName, customModelName: jobName });
      await rig.advance(1000);
    }
    expect(await names({})).toEqual(['b3', 'a2', 'a1']);
    expect(await names({ sortBy: 'CreationTime', sortOrder: 'Ascending' })).toEqual(['a1', 'a2', 'b3']);

    const first = await rig.client.send(new ListModelCustomizationJobsCommand({ maxResults: 2 }));
    expect(first.modelCustomizationJobSummaries).toHaveLength(2);
    expect(await names({ maxResults: 2, nextToken: first.nextToken })).toEqual(['a1']);
    const oldest = { maxResults: 2, sortOrder: 'Ascending' } as const;
    const { nextToken } = await rig.client.send(new ListModelCustomizationJobsCommand(oldest));
    expect(await names({ ...oldest, nextToken })).toEqual(['b3']);
  });

  it.each([{ maxResults: 1001 }, { maxResults: 0 }, { nextToken: 'made-up' }, { nameContains: 'a' }])(
    'not for %j',
    async (query) => {
      await start();
      await expect(names(query)).rejects.toMatchObject({ name: 'ValidationException' });
    },
  );
});
