import {
  CreateCustomModelDeploymentCommand,
  DeleteCustomModelDeploymentCommand,
  GetCustomModelDeploymentCommand,
  ListCustomModelDeploymentsCommand,
} from '@aws-sdk/client-bedrock';
import { parseModelId } from '../../../services/bedrock-runtime/model-id';
import { BUCKET, jsonLines, LLAMA, REGION, Rig, trust, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

const deploy = async (modelArn: string, modelDeploymentName = 'support', clientRequestToken?: string) => {
  const command = new CreateCustomModelDeploymentCommand({
    modelArn,
    modelDeploymentName,
    ...(clientRequestToken !== undefined && { clientRequestToken }),
  });
  return (await rig.client.send(command)).customModelDeploymentArn ?? '';
};
const deployment = (customModelDeploymentIdentifier: string) =>
  rig.client.send(new GetCustomModelDeploymentCommand({ customModelDeploymentIdentifier }));
const undeploy = (customModelDeploymentIdentifier: string) =>
  rig.client.send(new DeleteCustomModelDeploymentCommand({ customModelDeploymentIdentifier }));

describe('a deployment', () => {
  it('can be invoked from Active until it is deleted', async () => {
    await start();
    const modelArn = await rig.customModel();
    const arn = await deploy(modelArn);
    expect(await deployment('support')).toMatchObject({
      status: 'Creating',
      modelArn,
      customModelDeploymentArn: arn,
    });
    expect(rig.served).toEqual(new Map());
    await rig.advance(20_000);
    expect(await deployment(arn)).toMatchObject({ status: 'Active', modelDeploymentName: 'support' });
    expect(rig.served).toEqual(new Map([[arn, 'amazon.nova-micro-v1:0']]));
    const ownModels = rig.served;
    expect(parseModelId(arn, { region: REGION, ownModels })).toEqual({ id: 'amazon.nova-micro-v1:0' });
    await undeploy(arn);
    expect(rig.served).toEqual(new Map());
    await expect(deployment(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is made once for a token, under a name of its own, of a model that exists', async () => {
    await start();
    const modelArn = await rig.customModel();
    const arn = await deploy(modelArn, 'support', 'token-1');
    expect(await deploy(modelArn, 'support', 'token-1')).toBe(arn);
    await expect(deploy(modelArn, 'other', 'token-1')).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(deploy(modelArn)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(deploy(`${modelArn.slice(0, -12)}000000000000`, 'none')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('is one of two in progress at most, and is not deleted meanwhile', async () => {
    await start();
    const modelArn = await rig.customModel();
    const first = await deploy(modelArn, 'one');
    await deploy(modelArn, 'two');
    await expect(deploy(modelArn, 'three')).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
    await expect(undeploy(first)).rejects.toMatchObject({ name: 'ConflictException' });
    await rig.advance(20_000);
    await expect(deploy(modelArn, 'three')).resolves.toMatch(/^arn:/);
    const list = async (modelArnEquals: string) => {
      const page = await rig.client.send(new ListCustomModelDeploymentsCommand({ modelArnEquals }));
      return page.modelDeploymentSummaries?.map((one) => [one.customModelDeploymentName, one.status]);
    };
    expect(await list(modelArn)).toEqual([
      ['three', 'Creating'],
      ['two', 'Active'],
      ['one', 'Active'],
    ]);
    expect(await list(`${modelArn.slice(0, -12)}000000000000`)).toEqual([]);
  });

  it('is refused for a model without on-demand inference', async () => {
    await start({ region: 'us-west-2', trusted: trust('us-west-2') });
    rig.objects.put(
      BUCKET,
      'train/data.jsonl',
      jsonLines(Array.from({ length: 100 }, () => ({ prompt: 'Where is it?', completion: 'Here.' }))),
    );
    const modelArn = await rig.customModel({ baseModelIdentifier: LLAMA, hyperParameters: {} });
    expect(modelArn).toContain(`custom-model/${LLAMA}/`);
    await expect(deploy(modelArn)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
