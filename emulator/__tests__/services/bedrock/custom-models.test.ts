import {
  GetCustomModelCommand,
  ListCustomModelsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-bedrock';
import { NOVA, Rig, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

describe('a custom model', () => {
  it('is found by ARN and name, and listed', async () => {
    await start();
    const modelArn = await rig.customModel({ customModelTags: [{ key: 'team', value: 'support' }] });
    for (const modelIdentifier of [modelArn, 'support']) {
      const model = await rig.client.send(new GetCustomModelCommand({ modelIdentifier }));
      expect(model).toMatchObject({
        modelArn,
        modelName: 'support',
        jobName: 'tuning',
        modelStatus: 'Active',
        customizationType: 'FINE_TUNING',
        trainingMetrics: { trainingLoss: expect.any(Number) as number },
      });
    }
    const { modelSummaries } = await rig.client.send(new ListCustomModelsCommand({}));
    const baseModelArn = `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`;
    expect(modelSummaries).toMatchObject([{ modelArn, baseModelArn, baseModelName: 'amazon.nova-micro-v1' }]);
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceARN: modelArn }));
    expect(tags).toEqual([{ key: 'team', value: 'support' }]);
    await expect(
      rig.client.send(new GetCustomModelCommand({ modelIdentifier: 'other' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
