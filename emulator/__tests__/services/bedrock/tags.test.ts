import {
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-bedrock';
import { NOVA, Rig, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

describe('tags', () => {
  it('are added, replaced and removed, 50 at most', async () => {
    await start();
    const resourceARN = await rig.create();
    const tag = (tags: { key: string; value: string }[]) =>
      rig.client.send(new TagResourceCommand({ resourceARN, tags }));
    await tag([
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ]);
    await tag([{ key: 'a', value: '3' }]);
    await rig.client.send(new UntagResourceCommand({ resourceARN, tagKeys: ['b'] }));
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceARN }));
    expect(tags).toEqual([{ key: 'a', value: '3' }]);
    await expect(
      tag(Array.from({ length: 50 }, (_, n) => ({ key: `k${n}`, value: '' }))),
    ).rejects.toMatchObject({ name: 'TooManyTagsException' });
  });

  it('are those of resources that exist', async () => {
    await start();
    const resourceARN = `arn:aws:bedrock:us-east-1:123456789012:custom-model/${NOVA}/000000000000`;
    await expect(rig.client.send(new ListTagsForResourceCommand({ resourceARN }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
