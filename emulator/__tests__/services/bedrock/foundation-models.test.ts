import { GetFoundationModelCommand } from '@aws-sdk/client-bedrock';
import { LLAMA, NOVA, Rig, type RigOptions } from './fixture';

let rig: Rig;
const start = async (options?: RigOptions) => (rig = await Rig.start(options));
afterEach(() => rig.close());

describe('foundation models', () => {
  it.each([
    ['us-east-1', NOVA, LLAMA],
    ['us-west-2', LLAMA, NOVA],
  ])('that can be tuned in %s', async (region, there, elsewhere) => {
    await start({ region });
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
