import {
  CreateProvisionedModelThroughputCommand,
  DeleteProvisionedModelThroughputCommand,
  GetProvisionedModelThroughputCommand,
  ListProvisionedModelThroughputsCommand,
  type CreateProvisionedModelThroughputRequest,
} from '@aws-sdk/client-bedrock';
import { parseModelId } from '../../../services/bedrock-runtime/model-id';
import { NOVA, REGION, Rig, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

describe('a Provisioned Throughput', () => {
  const buy = async (changes: Partial<CreateProvisionedModelThroughputRequest>) => {
    const command = new CreateProvisionedModelThroughputCommand({
      provisionedModelName: 'support',
      modelId: 'support',
      modelUnits: 1,
      ...changes,
    });
    return (await rig.client.send(command)).provisionedModelArn ?? '';
  };
  const get = (provisionedModelId: string) =>
    rig.client.send(new GetProvisionedModelThroughputCommand({ provisionedModelId }));
  const remove = (provisionedModelId: string) =>
    rig.client.send(new DeleteProvisionedModelThroughputCommand({ provisionedModelId }));

  it('can be invoked from InService until it is deleted', async () => {
    await start();
    const modelArn = await rig.customModel();
    const arn = await buy({});
    expect(await get(arn)).toMatchObject({ status: 'Creating', modelArn, modelUnits: 1 });
    await expect(remove(arn)).rejects.toMatchObject({ name: 'ConflictException' });
    await rig.advance(60_000);
    expect(await get('support')).toMatchObject({ status: 'InService' });
    const ownModels = rig.served;
    expect(parseModelId(arn, { region: REGION, ownModels })).toEqual({ id: 'amazon.nova-micro-v1:0' });
    await remove(arn);
    expect(rig.served).toEqual(new Map());
  });

  it('has two model units without commitment, and none with', async () => {
    await start();
    await rig.customModel();
    await expect(buy({ modelUnits: 3 })).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
    await buy({ modelUnits: 2 });
    const more = { provisionedModelName: 'more', modelId: NOVA };
    await expect(buy(more)).rejects.toMatchObject({ name: 'ServiceQuotaExceededException' });
    await expect(buy({ ...more, commitmentDuration: 'OneMonth' })).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
    });
    const page = await rig.client.send(new ListProvisionedModelThroughputsCommand({}));
    expect(page.provisionedModelSummaries).toMatchObject([
      { provisionedModelName: 'support', modelUnits: 2 },
    ]);
  });

  it.each([
    ['an unknown model', { modelId: 'unknown' }, 'ResourceNotFoundException'],
    ['no model units', { modelUnits: 0 }, 'ValidationException'],
  ])('is refused for %s', async (_, changes, name) => {
    await start();
    await expect(buy(changes)).rejects.toMatchObject({ name });
  });
});
