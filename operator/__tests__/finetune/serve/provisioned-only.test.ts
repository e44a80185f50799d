import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tunableModel } from '../../../../contract/tunable-models';
import { shippedConfig } from '../../../../__tests__/support/synthesize';
import { dataSource } from '../../../finetune/job/training-data';
import { startJob } from '../../../finetune/job/start-job';
import { watchJob } from '../../../finetune/job/watch-job';
import { deployModel, type DeployOptions } from '../../../finetune/serve/deploy-model';
import { captureOutput } from '../../capture-output';
import { startLocalServices, type LocalServices } from '../local-services';

const LLAMA = 'meta.llama3-1-8b-instruct-v1:0:128k';
const folder = mkdtempSync(join(tmpdir(), 'finetune-'));
let services: LocalServices;
let output: ReturnType<typeof captureOutput>;

beforeAll(async () => {
  output = captureOutput();
  const config = shippedConfig();
  const { mlops: _, ...regions } = config.regions;
  services = await startLocalServices({ regions, mlops: { ...config.mlops, baseModel: LLAMA } });
  const base = tunableModel(LLAMA);
  if (!base) throw new Error('Llama is not tunable.');
  const file = join(folder, 'dataset.jsonl');
  const records = Array.from({ length: base.records.minimum }, (_, index) =>
    JSON.stringify({ prompt: `Where is parcel ${index}?`, completion: 'On its way.' }),
  );
  writeFileSync(file, `${records.join('\n')}\n`);
  await startJob(services.target, {
    wish: { base, name: 'llama-1', hyperparameters: {}, tags: {} },
    training: dataSource(file, 'training', services.target.bucket),
    dryRun: false,
  });
  await watchJob(services.target, 'llama-1', {});
});
afterAll(async () => {
  await services.close();
  jest.restoreAllMocks();
});

const yes = () => Promise.resolve();
const deploy = (more: Partial<DeployOptions>) =>
  deployModel(services.target, 'llama-1', {
    wish: { kind: 'provisioned', units: 1, commitment: undefined },
    agree: yes,
    type: 'general',
    now: true,
    ...more,
  });

test('a model that Bedrock does not serve on demand needs --provisioned', async () => {
  await expect(deploy({ wish: { kind: 'on-demand' } })).rejects.toThrow('give --provisioned');
  expect(services.mlops.servedModels.size).toBe(0);
});

test('a vendor whose models the functions may not call is told, and is not promoted', async () => {
  await deploy({});
  expect(output.text()).toContain('modelVendors in cdktf.json');
  expect(output.text()).toContain('"us-west-2"');
  const before = services.appConfig.secondary.current().deploymentNumber;
  await expect(deploy({ approve: yes })).rejects.toThrow('modelVendors in cdktf.json');
  expect(services.appConfig.secondary.current().deploymentNumber).toBe(before);
});
