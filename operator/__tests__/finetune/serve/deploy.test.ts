import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import type { ModelConfig } from '../../../../contract/model-config';
import { tunableModel } from '../../../../contract/tunable-models';
import { selectRule } from '../../../../contract/select-rule';
import { dataSource } from '../../../finetune/job/training-data';
import { startJob } from '../../../finetune/job/start-job';
import { watchJob } from '../../../finetune/job/watch-job';
import { requireEvidence } from '../../../finetune/promote/evidence';
import { deployModel, tunedChoice, type DeployOptions } from '../../../finetune/serve/deploy-model';
import { findTunedModel } from '../../../finetune/serve/tuned-model';
import { undeployModel } from '../../../finetune/serve/undeploy-command';
import { captureOutput } from '../../capture-output';
import { datasetFile } from '../dataset-file';
import { startLocalServices, type LocalServices } from '../local-services';

const NAME = 'support-1';
const HELD_OUT = join(__dirname, '../../../finetune/sample/held-out.jsonl');
const PRIMARY_AWAY = { region: 'primary', target: 'appconfig', mode: 'error' };
const BASE = 'us.amazon.nova-micro-v1:0';
let services: LocalServices;
let shipped: ModelConfig;
let output: ReturnType<typeof captureOutput>;
const data = datasetFile();

beforeAll(async () => {
  captureOutput();
  services = await startLocalServices();
  const { target } = services;
  shipped = inForce('primary');
  const base = tunableModel('amazon.nova-micro-v1:0:128k');
  if (!base) throw new Error('Nova Micro is not tunable.');
  await startJob(target, {
    wish: { base, name: NAME, hyperparameters: { epochCount: '1' }, tags: {} },
    training: dataSource(data, 'training', target.bucket),
    dryRun: false,
  });
  await watchJob(target, NAME, {});
});
afterAll(async () => {
  await services.close();
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(async () => {
  services.faults.clear();
  if (services.mlops.servedModels.size > 0) await undeploy();
  jest.restoreAllMocks();
});

const inForce = (role: 'primary' | 'secondary') =>
  JSON.parse(services.appConfig[role].current().content) as ModelConfig;
const primaryModel = (role: 'primary' | 'secondary', region: string, type: string) =>
  selectRule(inForce(role), region, type).primary.modelId;
const servedArn = () => [...services.mlops.servedModels.keys()].join();
const nobodyBuys = () => Promise.reject(new Error('Nothing was bought.'));
const yes = () => Promise.resolve();

async function registered() {
  const { sageMaker, modelPackageGroup } = services.target;
  const { ModelPackageSummaryList = [] } = await sageMaker.send(
    new ListModelPackagesCommand({ ModelPackageGroupName: modelPackageGroup }),
  );
  return Promise.all(
    ModelPackageSummaryList.map(({ ModelPackageArn }) =>
      sageMaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn })),
    ),
  );
}

const PROVISIONED = { kind: 'provisioned', units: 1, commitment: undefined } as const;
const deploy = (more: Partial<DeployOptions> = {}, identifier = NAME) =>
  deployModel(services.target, identifier, {
    wish: { kind: 'on-demand' },
    agree: nobodyBuys,
    type: 'general',
    now: true,
    ...more,
  });
const undeploy = (identifier = NAME) => undeployModel(services.target, identifier, yes);

describe('deploy', () => {
  test('prints a ModelConfig that serves the type, and changes nothing for customers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finetune-'));
    const out = join(folder, 'model-config.json');
    await deploy({ type: 'finance_deep', out });
    const config = JSON.parse(readFileSync(out, 'utf8')) as ModelConfig;
    expect(selectRule(config, 'us-east-1', 'finance_deep').primary.modelId).toBe(servedArn());
    expect(selectRule(config, 'us-west-2', 'finance_deep').primary.modelId).toBe(BASE);
    expect(inForce('primary')).toEqual(shipped);
    expect(inForce('secondary')).toEqual(shipped);
    expect([...services.mlops.servedModels.values()]).toEqual([expect.stringContaining('nova-micro')]);
  });

  test('promotes the model in both regions’ ModelConfig, and does nothing a second time', async () => {
    await deploy({ approve: yes });
    for (const role of ['primary', 'secondary'] as const) {
      expect(primaryModel(role, 'us-east-1', 'general')).toBe(servedArn());
      expect(primaryModel(role, 'us-west-2', 'general')).toBe(BASE);
      expect(inForce(role).types.finance_deep).toEqual(shipped.types.finance_deep);
    }
    expect(output.text()).toMatch(/secondary \(us-west-2\)[^]*primary \(us-east-1\)/);
    const { deploymentNumber } = services.appConfig.primary.current();
    await deploy({ approve: yes });
    expect(services.mlops.servedModels.size).toBe(1);
    expect(services.appConfig.primary.current().deploymentNumber).toBe(deploymentNumber);
    expect(output.text()).toContain('is in force already');
  });

  test('changes nothing for customers where it is not approved', async () => {
    const refuse = jest.fn().mockRejectedValue(new Error('Nothing was promoted.'));
    await expect(deploy({ approve: refuse })).rejects.toThrow('Nothing was promoted.');
    expect([inForce('primary'), inForce('secondary')]).toEqual([shipped, shipped]);
    expect(refuse).toHaveBeenCalledWith(
      expect.objectContaining({ name: NAME }),
      expect.objectContaining({ model: expect.objectContaining({ modelId: servedArn() }) as unknown }),
    );
  });

  test('takes its own evidence for a second type', async () => {
    await deploy({ approve: yes });
    const refuse = jest.fn().mockRejectedValue(new Error('Not shown.'));
    await expect(deploy({ type: 'finance_deep', approve: refuse })).rejects.toThrow('Not shown.');
    expect(inForce('primary').types.finance_deep).toEqual(shipped.types.finance_deep);
    expect(primaryModel('primary', 'us-east-1', 'finance_deep')).not.toBe(servedArn());
  });

  test('says what is in force where after a failure at the primary, and goes on from there', async () => {
    // The primary is lost when the standby has the rules.
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      if (String(text).includes('secondary (us-west-2): deployment')) services.faults.add(PRIMARY_AWAY);
      return true;
    });
    await expect(deploy({ approve: yes })).rejects.toThrow(
      /us-west-2 has the new rules \(deployment \d+\), us-east-1 has the old ones\. Run the same command again/,
    );
    output = captureOutput();
    expect(primaryModel('secondary', 'us-west-2', 'general')).toBe(BASE);
    expect(inForce('primary')).toEqual(shipped);
    const { deploymentNumber } = services.appConfig.secondary.current();
    services.faults.clear();
    // What one region serves already is not asked about again.
    await deploy({ approve: () => Promise.reject(new Error('asked again')) });
    expect(services.appConfig.secondary.current().deploymentNumber).toBe(deploymentNumber);
    expect(primaryModel('primary', 'us-east-1', 'general')).toBe(servedArn());
  });

  test('buys nothing without a yes', async () => {
    await expect(deploy({ wish: PROVISIONED })).rejects.toThrow('Nothing was bought');
    expect(services.mlops.servedModels.size).toBe(0);
  });

  test('serves with provisioned throughput after a yes', async () => {
    await deploy({ wish: PROVISIONED, agree: yes, approve: yes });
    expect(servedArn()).toContain(':provisioned-model/');
    expect(primaryModel('primary', 'us-east-1', 'general')).toBe(servedArn());
  });

  test('knows no model of another name', async () => {
    const missing = deploy({}, 'no-such-model');
    await expect(missing).rejects.toThrow('neither a tuned model nor a job no-such-model');
  });
});

describe('evidence', () => {
  const evidence = async (s3Uri: string, yes: boolean) => {
    const model = await findTunedModel(services.target, NAME);
    const details = { ...model.details, trainingDataConfig: { s3Uri } };
    const tuned = tunedChoice(model, { arn: 'arn' }, services.target.region);
    const sources = { model: { ...model, details }, tuned };
    return requireEvidence(services.target, 'general', sources, { questions: HELD_OUT, runs: 1, yes });
  };

  test.each(['train/gone.jsonl', 'train/broken.jsonl'])(
    'of training data that cannot be read is none for --yes: %s',
    async (key) => {
      const { s3, bucket } = services.target;
      await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: 'train/broken.jsonl', Body: '{"prompt": "a", "compl' }),
      );
      const refused = evidence(`s3://${bucket}/${key}`, true);
      await expect(refused).rejects.toThrow(
        /Whether the questions are held out is not known: [^]*Nothing was/,
      );
      await expect(refused).rejects.toMatchObject({ exitCode: 5 });
    },
  );

  test('of a bucket that may not be read is none either', async () => {
    await expect(evidence('s3://another/train/dataset.jsonl', true)).rejects.toThrow('is not known');
  });
});

describe('the register of tuned models', () => {
  test('has one package of the model, approved while it serves and rejected afterwards', async () => {
    await deploy();
    expect(await registered()).toMatchObject([{ ModelApprovalStatus: 'PendingManualApproval' }]);
    await deploy({ approve: yes });
    expect(await registered()).toMatchObject([
      {
        ModelApprovalStatus: 'Approved',
        CustomerMetadataProperties: {
          servedBy: servedArn(),
          baseModel: 'amazon.nova-micro-v1:0:128k',
          trainingData: `s3://${services.target.bucket}/train/dataset.jsonl`,
          trainingDataVersion: expect.stringMatching(/./) as string,
          'hyperParameters.epochCount': '1',
        },
      },
    ]);
    await undeploy();
    expect(await registered()).toMatchObject([{ ModelApprovalStatus: 'Rejected' }]);
  });
});

describe('undeploy', () => {
  test('gives customers the rules from before, then deletes', async () => {
    await deploy({ approve: yes });
    const arn = servedArn();
    await undeploy(arn);
    expect(inForce('primary')).toEqual(shipped);
    expect(inForce('secondary')).toEqual(shipped);
    expect(services.mlops.servedModels.size).toBe(0);
    await expect(undeploy(arn)).rejects.toThrow(`There is no ${arn}`);
    await undeploy();
    expect(output.text()).toContain(`Nothing serves ${NAME}`);
  });

  test('does nothing without a yes', async () => {
    await deploy({ approve: yes });
    const arn = servedArn();
    const refuse = () => Promise.reject(new Error('Nothing was changed.'));
    await expect(undeployModel(services.target, NAME, refuse)).rejects.toThrow('Nothing was changed');
    expect(primaryModel('primary', 'us-east-1', 'general')).toBe(arn);
  });

  test('deletes nothing while a ModelConfig names the model', async () => {
    await deploy({ approve: yes });
    const arn = servedArn();
    services.faults.add(PRIMARY_AWAY);
    await expect(undeploy()).rejects.toThrow('internal failure');
    expect(servedArn()).toBe(arn);
  });

  test('keeps what others have changed meanwhile', async () => {
    await deploy({ approve: yes });
    const changed = { ...inForce('primary'), maintenanceMessage: 'Changed meanwhile.' };
    services.appConfig.primary.deploy(JSON.stringify(changed));
    await undeploy();
    expect(inForce('primary')).toEqual({ ...shipped, maintenanceMessage: 'Changed meanwhile.' });
  });
});
