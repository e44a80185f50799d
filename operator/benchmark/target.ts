import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { callControl } from '@assistant/emulator';
import { defaultModelConfig } from '../../contract/default-model-config';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { CommandError } from '../command/errors';
import { projectConfig } from '../command/project';
import { awsRegionsIn } from '../command/region';
import { readStatus, requireRegion, type TargetName } from '../command/target';

/** Where models are called: real Bedrock, or a running `npm start`. */
export interface Target {
  /** By AWS region, what reaches its Bedrock. */
  readonly regions: Readonly<Record<string, BedrockRuntimeClientConfig>>;
  /** The rules whose prompts and limits are measured. */
  readonly modelConfig: ModelConfig;
  /** Whether calls cost money. */
  readonly isPaid: boolean;
}

/** @param where as `--region` names it */
export const openTarget = (target: TargetName, where: string): Promise<Target> =>
  target === 'aws' ? Promise.resolve(awsTarget(where)) : localTarget(where);

/** Bedrock itself, by the credentials that the AWS SDK finds. */
function awsTarget(where: string): Target {
  const regions = awsRegionsIn(where, namesOf(projectConfig().regions));
  return {
    regions: Object.fromEntries(regions.map((region) => [region, {}])),
    modelConfig: defaultModelConfig,
    isPaid: true,
  };
}

/** A running `npm start`, with the rules that are deployed in it. */
async function localTarget(where: string): Promise<Target> {
  const status = await readStatus();
  if (status.models === 'aws' || status.models === 'endpoint')
    throw new CommandError(
      'The running system does not answer for the models itself. Measure Bedrock by --target aws, or restart it without --bedrock aws.',
    );
  const [primary, secondary] = [requireRegion(status, 'primary'), requireRegion(status, 'secondary')];
  const names = { primary: primary.region, secondary: secondary.region };
  const clients = awsRegionsIn(where, names).map((name) => {
    const found = [primary, secondary].find(({ region }) => region === name);
    if (!found) {
      throw new CommandError(
        `The running system emulates ${primary.region} and ${secondary.region} only, not ${name}.`,
      );
    }
    return [name, { ...found.clients.bedrockRuntime }] as const;
  });
  const deployed = await callControl('GET', '/configuration?region=primary');
  return {
    regions: Object.fromEntries(clients),
    modelConfig: modelConfigSchema.parse(deployed),
    isPaid: false,
  };
}

const namesOf = ({ primary, secondary }: { readonly primary: string; readonly secondary: string }) => ({
  primary,
  secondary,
});
