import { isDeepStrictEqual } from 'node:util';
import {
  CreateHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import type { ModelConfig } from '../../../contract/model-config';
import { CommandError, isNamed } from '../../command/errors';
import { note } from '../../command/output';
import type { DeployedVersion, ModelConfigStore } from '../../model-config/deployed-model-config';
import { poll } from '../poll';
import type { Target } from '../target/target';

export interface DeployVersionOptions {
  readonly store: ModelConfigStore;
  /** What the change was made from: a deployment that came in between is not overwritten. */
  readonly before: DeployedVersion;
  readonly config: ModelConfig;
  readonly description: string;
  readonly target: Pick<Target, 'speed'>;
  readonly signal: AbortSignal;
}

const INTERVAL_MS = 5_000;

const IN_PROGRESS = new Set<string>(['BAKING', 'DEPLOYING', 'VALIDATING']);

/**
 * Deploys a ModelConfig in one region and waits until it is in force. Run again, it goes on where it was: a deployment
 * that runs is waited for, and what is in force already is left alone.
 * @returns the number of the deployment that it is in force by
 * @throws CommandError for a conflict with somebody else's deployment, or one that AppConfig took back
 */
export async function deployVersion(options: DeployVersionOptions): Promise<number> {
  const { store, before, config } = options;
  if (isDeepStrictEqual(before.config, config)) {
    if (IN_PROGRESS.has(before.state)) await untilComplete(options, before.deploymentNumber);
    return before.deploymentNumber;
  }
  if (IN_PROGRESS.has(before.state)) {
    throw new CommandError(
      `Deployment ${before.deploymentNumber} is under way in ${store.region} (${before.state}). ` +
        'Run the command again once it is complete.',
    );
  }
  const number = await start(options).catch((error: unknown) => {
    if (!isNamed(error, 'ConflictException')) throw error;
    throw new CommandError(
      `Somebody else has changed the ModelConfig in ${store.region} meanwhile (${error instanceof Error ? error.message : ''}). ` +
        'Run the command again: it starts from theirs.',
      1,
      { cause: error },
    );
  });
  await untilComplete(options, number);
  return number;
}

async function start({ store, before, config, description }: DeployVersionOptions): Promise<number> {
  const { client, ids } = store;
  const { ApplicationId, ConfigurationProfileId } = ids;
  const latest = await store.latestVersion();
  let version = latest.number;
  // An interrupted run may have left the version behind: one is enough.
  if (!isDeepStrictEqual(latest.config, config)) {
    const { VersionNumber = 0 } = await client.send(
      new CreateHostedConfigurationVersionCommand({
        ApplicationId,
        ConfigurationProfileId,
        Content: Buffer.from(JSON.stringify(config)),
        ContentType: 'application/json',
        Description: description,
        LatestVersionNumber: latest.number,
      }),
    );
    version = VersionNumber;
  }
  const { DeploymentNumber = 0 } = await client.send(
    new StartDeploymentCommand({
      ...ids,
      ConfigurationVersion: String(version),
      Description: description,
      LatestDeploymentNumber: before.deploymentNumber,
    }),
  );
  return DeploymentNumber;
}

async function untilComplete(
  { store, target, signal }: DeployVersionOptions,
  DeploymentNumber: number,
): Promise<void> {
  const { client, ids, region } = store;
  const { ApplicationId, EnvironmentId } = ids;
  const { State, EventLog: [latest] = [] } = await poll({
    target,
    intervalMs: INTERVAL_MS,
    signal,
    read: () => client.send(new GetDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber })),
    isOver: ({ State: state = '' }) => !IN_PROGRESS.has(state) && state !== 'ROLLING_BACK',
    onTrouble: (trouble) => {
      note(`${trouble} Trying again.`);
    },
  });
  if (State === 'COMPLETE') return;
  throw new CommandError(
    `AppConfig took deployment ${DeploymentNumber} in ${region} back (${State ?? ''}: ${latest?.Description ?? 'no reason given'}). ` +
      'The rules from before are in force. Remove the reason, and run the command again.',
  );
}
