import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ListModelCustomizationJobsCommand } from '@aws-sdk/client-bedrock';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { TUNABLE_MODELS, tunableModel } from '../../../../contract/tunable-models';
import type { JobWish } from '../../../finetune/job/customization-request';
import { dataSource } from '../../../finetune/job/training-data';
import { describeAll, listAll } from '../../../finetune/job/list-command';
import { startJob, type StartOptions } from '../../../finetune/job/start-job';
import { stopJob } from '../../../finetune/job/find-job';
import { watchJob } from '../../../finetune/job/watch-job';
import { captureOutput } from '../../capture-output';
import { textOf } from '../../terminal';
import { datasetFile } from '../dataset-file';
import { startLocalServices, type LocalServices } from '../local-services';

const nova = tunableModel('amazon.nova-micro-v1:0:128k');
const lite2 = tunableModel('amazon.nova-2-lite-v1:0:256k');
const llama = TUNABLE_MODELS.find(({ regions }) => !regions.includes('us-east-1'));
const data = datasetFile();
/** Its job of five epochs takes half a minute, far longer than a busy machine needs for some calls of an API. */
const long = datasetFile(12_000, ' of the long one');
const FIVE_EPOCHS = { hyperparameters: { epochCount: '5' } };
const validation = datasetFile(2, ' of mine');
let services: LocalServices;
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  services = await startLocalServices();
});
afterAll(async () => {
  await services.close();
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  services.faults.clear();
  jest.restoreAllMocks();
});

function start(
  wish: Partial<JobWish>,
  more: Partial<StartOptions> & { readonly data?: string } = {},
  target = services.target,
) {
  if (!nova) throw new Error('Nova Micro is not tunable.');
  const { data: reference = data, ...options } = more;
  return startJob(target, {
    wish: { base: nova, hyperparameters: {}, tags: {}, ...wish },
    training: dataSource(reference, 'training', target.bucket),
    dryRun: false,
    ...options,
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(5);
}

async function jobs(): Promise<readonly (string | undefined)[]> {
  const { modelCustomizationJobSummaries = [] } = await services.target.bedrock.send(
    new ListModelCustomizationJobsCommand(),
  );
  return modelCustomizationJobSummaries.map(({ jobName }) => jobName);
}

async function objects(): Promise<number> {
  const { s3, bucket } = services.target;
  return (await s3.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount ?? 0;
}

describe('before anything is there', () => {
  test('there is nothing to watch, and the way to a job is told', async () => {
    await expect(watchJob(services.target, undefined, {})).rejects.toThrow(
      /gone when it ends or is started anew.*finetune start/,
    );
    await expect(watchJob(services.target, 'no-such-job', {})).rejects.toThrow('finetune list');
    await expect(stopJob(services.target, 'no-such-job')).rejects.toThrow('finetune list');
    expect(textOf(describeAll(await listAll(services.target)))).toContain('Jobs: none');
  });

  test('a dry run shows every check and the request, and changes nothing', async () => {
    await expect(start({ name: 'dry' }, { dryRun: true })).resolves.toBeUndefined();
    for (const check of ['model', 'hyperparameters', 'role', 'permissions', 'training data', 'name']) {
      expect(output.text()).toContain(`✓ ${check}: `);
    }
    expect(output.text()).toContain(`would upload ${data} to train/dataset.jsonl`);
    expect(output.text()).toContain('"jobName": "dry"');
    expect(output.text()).toMatch(/about \d+\.\d\d USD to train/);
    expect(await jobs()).toEqual([]);
    expect(await objects()).toBe(0);
  });

  test.each<[string, RegExp, Parameters<typeof start>]>([
    ['model', /is not fine-tuned in us-east-1[^]*--base-model amazon\.nova/, [llama ? { base: llama } : {}]],
    [
      'validation data',
      /is tuned without a validation set[^]*Start it without --validation/,
      [
        lite2 ? { base: lite2 } : {},
        { validation: { use: 'validation', key: 'validation/x.jsonl' }, dryRun: true },
      ],
    ],
    ['hyperparameters', /allowed: a whole number from 1 to 5/, [{ hyperparameters: { epochCount: '6' } }]],
    [
      'permissions',
      /may not s3:GetObject on [^ ]*private\/x\.jsonl/,
      [{}, { training: { use: 'training', key: 'private/x.jsonl' } }],
    ],
    [
      'training data',
      /does not exist[^]*finetune upload FILE --key train\/x\.jsonl/,
      [{}, { data: 'train/x.jsonl' }],
    ],
  ])('a job is not started without its %s, and nothing is uploaded', async (check, message, args) => {
    await expect(start(...args)).rejects.toThrow('No job was started');
    expect(output.text()).toContain(`✗ ${check}: `);
    expect(output.text()).toMatch(message);
    expect(await jobs()).toEqual([]);
    expect(await objects()).toBe(0);
  });

  test('a role that does not exist is told, with what to deploy', async () => {
    const { target } = services;
    const missing = { ...target, roleArn: `${target.roleArn}-other` };
    await expect(start({}, { dryRun: true }, missing)).rejects.toThrow('No job was started');
    expect(output.text()).toMatch(/✗ role: .*-other does not exist[^]*npx cdktf deploy mlops/);
  });
});

describe('a job', () => {
  test('is one, however often it is started', async () => {
    const first = await start({});
    const second = await start({});
    expect(second).toBe(first);
    expect(await jobs()).toHaveLength(1);
    expect(output.text()).toContain('was started before and is');
  });

  test('is another with other data under the same name, which is refused', async () => {
    await start({ name: 'taken' });
    const other = datasetFile(9);
    await expect(start({ name: 'taken' }, { data: other })).rejects.toThrow('No job was started');
    expect(output.text()).toMatch(/✗ name: taken is the name of another job[^]*another --name/);
  });

  test('is watched to its end, with its losses', async () => {
    const losses = dataSource(validation, 'validation', services.target.bucket);
    await start({ name: 'watched' }, { validation: losses });
    const csv = join(dirname(data), 'loss.csv');
    await watchJob(services.target, 'watched', { csv });
    expect(output.text()).toMatch(/Training loss, step 0 to \d+ \(/);
    expect(output.text()).toContain('Validation loss, step');
    expect(output.text()).toContain('finetune deploy watched');
    expect(readFileSync(csv, 'utf8')).toMatch(/^step_number,epoch_number,training_loss,perplexity\n/);
    output.clear();
    await watchJob(services.target, 'watched', { json: true });
    expect(output.text()).toContain('"status": "Completed"');
  });

  test('that fails ends the watch with 1 and with Bedrock’s reason', async () => {
    services.faults.add({ target: 'customization', mode: 'job-failed' });
    await start({ name: 'failing' });
    await expect(watchJob(services.target, 'failing', {})).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('internal error') as string,
    });
    await expect(start({ name: 'failing' })).rejects.toThrow('No job was started');
    expect(output.text()).toContain('--name failing-2');
  });

  test('goes on when its watch is interrupted or Bedrock does not answer, and can be watched again', async () => {
    await start({ name: 'interrupted', ...FIVE_EPOCHS }, { data: long });
    const watch = watchJob(services.target, 'interrupted', {});
    await until(() => output.text().includes('interrupted: InProgress'));
    services.faults.add({ target: 'customization', mode: 'throttle' });
    await until(() => output.text().includes('Trying again.'));
    services.faults.clear();
    process.emit('SIGINT');
    await expect(watch).rejects.toMatchObject({
      exitCode: 130,
      message: expect.stringContaining('finetune watch interrupted') as string,
    });
    await stopJob(services.target, 'interrupted');
    expect(output.text()).toContain('interrupted is being stopped.');
  });

  test('that is stopped ends the watch with 3', async () => {
    await start({ name: 'stopped', ...FIVE_EPOCHS }, { data: long });
    await stopJob(services.target, 'stopped');
    await expect(watchJob(services.target, 'stopped', {})).rejects.toMatchObject({ exitCode: 3 });
    await stopJob(services.target, 'stopped');
    expect(output.text()).toContain('stopped is stopped.');
  });

  test('that is over cannot be stopped', async () => {
    await expect(stopJob(services.target, 'watched')).rejects.toThrow('it is Completed');
  });

  test('is listed with its model', async () => {
    const tables = textOf(describeAll(await listAll(services.target)), 80);
    expect(tables).toMatch(/^name: watched\nstatus: Completed$/m);
    expect(tables).toContain('Tuned models:');
  });
});
