import { ListTagsForResourceCommand } from '@aws-sdk/client-bedrock';
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

  it('are those of resources that exist', async () => {
    await start();
    const resourceARN = `arn:aws:bedrock:us-east-1:123456789012:custom-model/${NOVA}/000000000000`;
    await expect(rig.client.send(new ListTagsForResourceCommand({ resourceARN }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
