import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { callControl } from '@assistant/emulator';
import { shippedModelConfig } from '../../contract/default-model-config';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { CommandError, describeError, isTransient } from '../command/errors';
import { note } from '../command/output';
import { projectConfig } from '../command/project';
import { awsRegionsIn } from '../command/region';
import { answersWithin, IN_NEED_MS, readStatus, requireRegion, type TargetName } from '../command/target';

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
  target === 'aws' ? awsTarget(where) : localTarget(where);

/**
 * Bedrock itself, by the credentials that the AWS SDK finds.
 * @throws CommandError where there are none, or AWS does not take them
 */
async function awsTarget(where: string): Promise<Target> {
  const {
    regions: { primary, secondary },
    modelGeography,
  } = projectConfig();
  const regions = awsRegionsIn(where, { primary, secondary });
  // A key of Bedrock's own is no identity that STS knows.
  if (process.env.AWS_BEARER_TOKEN_BEDROCK === undefined) await requireCredentials(regions[0]);
  return {
    regions: Object.fromEntries(regions.map((region) => [region, {}])),
    modelConfig: shippedModelConfig(modelGeography),
    isPaid: true,
  };
}

async function requireCredentials(region: string | undefined): Promise<void> {
  const sts = new STSClient({
    ...(region !== undefined && { region }),
    maxAttempts: 2,
    requestHandler: answersWithin(IN_NEED_MS),
  });
  try {
    await sts.send(new GetCallerIdentityCommand());
  } catch (error) {
    // A closed network may reach Bedrock and not STS.
    if (isTransient(error)) note(`Whether the credentials are valid is not known: ${describeError(error)}`);
    else throw new CommandError(`${describeError(error)} No model was asked.`);
  } finally {
    sts.destroy();
  }
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
