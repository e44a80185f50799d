import {
  CreateCustomModelDeploymentCommand,
  CreateProvisionedModelThroughputCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-bedrock';
import { NOVA, Rig, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

describe('tags', () => {
  it('are those that a resource was made with', async () => {
    await start();
    const jobTags = ['1', '2', '3'].map((value) => ({ key: value === '2' ? 'b' : 'a', value }));
    const resourceARN = await rig.create({ jobTags });
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceARN }));
    expect(tags).toEqual([
      { key: 'a', value: '3' },
      { key: 'b', value: '2' },
    ]);
  });

  it('are also those of what a model is served by', async () => {
    await start();
    const modelArn = await rig.customModel();
    const tags = [{ key: 'team', value: 'support' }];
    const deployment = { modelArn, modelDeploymentName: 'support', tags };
    const throughput = { modelId: modelArn, provisionedModelName: 'support', modelUnits: 1, tags };
    const { customModelDeploymentArn } = await rig.client.send(
      new CreateCustomModelDeploymentCommand(deployment),
    );
    const { provisionedModelArn } = await rig.client.send(
      new CreateProvisionedModelThroughputCommand(throughput),
    );
    for (const resourceARN of [customModelDeploymentArn, provisionedModelArn])
      expect(await rig.client.send(new ListTagsForResourceCommand({ resourceARN }))).toMatchObject({ tags });
  });

  it('are told to whom they may be told', async () => {
    await start({
      authorize: (_, action) => {
        if (action === 'bedrock:ListTagsForResource')
          throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
      },
    });
    const resourceARN = await rig.create();
    await expect(rig.client.send(new ListTagsForResourceCommand({ resourceARN }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('are those of resources that exist', async () => {
    await start();
    const resourceARN = `arn:aws:bedrock:us-east-1:123456789012:custom-model/${NOVA}/000000000000`;
    await expect(rig.client.send(new ListTagsForResourceCommand({ resourceARN }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
