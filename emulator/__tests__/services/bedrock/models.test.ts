import {
  CreateModelInvocationJobCommand,
  DeleteCustomModelCommand,
  GetCustomModelCommand,
  GetFoundationModelCommand,
  ListCustomModelsCommand,
  ListFoundationModelsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-bedrock';
import { clientOf, LLAMA, NOVA, Rig, ROLE, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

describe('a custom model', () => {
  it('is found by ARN and name, listed, and gone when it is deleted', async () => {
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
    const list = async (baseModelArnEquals?: string) =>
      (await rig.client.send(new ListCustomModelsCommand({ baseModelArnEquals }))).modelSummaries;
    const base = `arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`;
    expect(await list(base)).toMatchObject([
      { modelArn, baseModelArn: base, baseModelName: 'amazon.nova-micro-v1' },
    ]);
    expect(await list(base.replace('micro', 'lite'))).toEqual([]);
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceARN: modelArn }));
    expect(tags).toEqual([{ key: 'team', value: 'support' }]);
    await rig.client.send(new DeleteCustomModelCommand({ modelIdentifier: modelArn }));
    expect(await list()).toEqual([]);
    await expect(
      rig.client.send(new GetCustomModelCommand({ modelIdentifier: 'support' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

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

describe('foundation models', () => {
  it.each([
    ['us-east-1', NOVA, LLAMA],
    ['us-west-2', LLAMA, NOVA],
  ])('that can be tuned in %s', async (region, there, elsewhere) => {
    await start({ region });
    const { modelSummaries = [] } = await rig.client.send(
      new ListFoundationModelsCommand({ byCustomizationType: 'FINE_TUNING' }),
    );
    const ids = modelSummaries.map(({ modelId }) => modelId);
    expect(ids).toContain(there);
    expect(ids).not.toContain(elsewhere);
    const get = (modelIdentifier: string) =>
      rig.client.send(new GetFoundationModelCommand({ modelIdentifier }));
    expect((await get(there)).modelDetails).toMatchObject({ customizationsSupported: ['FINE_TUNING'] });
    await expect(get(elsewhere)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('are Legacy before their end of life, and gone after it', async () => {
    await start();
    const get = async () => {
      const modelIdentifier = 'anthropic.claude-3-haiku-20240307-v1:0';
      return (await rig.client.send(new GetFoundationModelCommand({ modelIdentifier }))).modelDetails;
    };
    await rig.advance(Date.parse('2026-09-01') - rig.clock.now());
    expect((await get())?.modelLifecycle).toMatchObject({ status: 'LEGACY' });
    await rig.advance(Date.parse('2026-09-10') - rig.clock.now());
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('the endpoint', () => {
  it('refuses what is not emulated, and what is signed for another region', async () => {
    await start();
    const invocation = new CreateModelInvocationJobCommand({
      jobName: 'batch',
      roleArn: ROLE,
      modelId: NOVA,
      inputDataConfig: { s3InputDataConfig: { s3Uri: 's3://bucket/in' } },
      outputDataConfig: { s3OutputDataConfig: { s3Uri: 's3://bucket/out' } },
    });
    await expect(rig.client.send(invocation)).rejects.toMatchObject({ name: 'UnknownOperationException' });
    const elsewhere = clientOf(rig.url, 'us-west-2');
    await expect(elsewhere.send(new ListCustomModelsCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    elsewhere.destroy();
  });

  it('fails as it is told to', async () => {
    const message = 'Too many requests, please wait before trying again.';
    await start({ intercept: () => ({ kind: 'error', status: 429, type: 'ThrottlingException', message }) });
    await expect(rig.client.send(new ListCustomModelsCommand({}))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message,
    });
  });
});
