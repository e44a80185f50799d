import { CreateModelInvocationJobCommand, ListCustomModelsCommand } from '@aws-sdk/client-bedrock';
import { clientOf, NOVA, Rig, type RigOptions, ROLE } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

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
