import { modelConfigSchema } from '../../../contract/model-config';
import { type Status, callControl } from '@assistant/emulator';
import { chooseRegions, type Target } from './target';

/**
 * A running `npm start`, with the rules that are deployed in it.
 * @throws Error where none runs, where its models are others', or where it does not act out a wanted region
 */
export async function localTarget(wanted: string): Promise<Target> {
  const { regions, models } = (await callControl('GET', '/status')) as Status;
  if (models === 'aws' || models === 'endpoint')
    throw new Error(
      'The running system does not answer for the models itself. Measure Bedrock by --target aws, or restart it without --bedrock aws.',
    );
  const { primary, secondary } = regions;
  const names = chooseRegions(wanted, { primary: primary.region, secondary: secondary.region });
  const clients = names.map((name) => {
    const access = [primary, secondary].find(({ region }) => region === name);
    if (!access) {
      throw new Error(
        `The running system acts out ${primary.region} and ${secondary.region} only, not ${name}.`,
      );
    }
    return [name, { ...access.clients.bedrockRuntime }] as const;
  });
  const deployed = await callControl('GET', '/configuration?region=primary');
  return {
    regions: Object.fromEntries(clients),
    modelConfig: modelConfigSchema.parse(deployed),
    isPaid: false,
  };
}
