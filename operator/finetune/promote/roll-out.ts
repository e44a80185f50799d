import { isDeepStrictEqual } from 'node:util';
import {
  CreateHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import type { ModelConfig } from '../../../contract/model-config';
import { CommandError, isNamed, describeError } from '../../command/errors';
import { EXIT } from '../../command/exit-codes';
import { note } from '../../command/output';
import { type DeployedVersion, ModelConfigStore } from '../../model-config/deployed-model-config';
import { untilInterrupted } from '../../command/interruption';
import { poll } from '../poll';
import type { Target } from '../target/target';

type Role = 'primary' | 'secondary';

/** The standby first: the region that customers use takes only what the other has taken. */
const ORDER: readonly Role[] = ['secondary', 'primary'];

export interface RollOut {
  /** Makes a region's new rules from those in force there. */
  readonly change: (config: ModelConfig, store: ModelConfigStore) => Promise<ModelConfig> | ModelConfig;
  readonly description: string;
}

export const openStore = ({ config, appConfig }: Target, role: Role): Promise<ModelConfigStore> =>
  ModelConfigStore.open(appConfig[role], config.regions[role], config.stage);

/**
 * Changes the ModelConfig of both regions, each from its own, one after the other.
 * @throws CommandError that says what is in force where, and how to go on
 */
export async function rollOut(target: Target, { change, description }: RollOut): Promise<void> {
  const done: string[] = [];
  await untilInterrupted('Run the same command again: it goes on where it was.', async (signal) => {
    for (const role of ORDER) {
      const region = target.config.regions[role];
      try {
        const store = await openStore(target, role);
        const before = await store.newest();
        const config = await change(before.config, store);
        const number = await deployVersion({ store, before, config, description, target, signal });
        const news = number === before.deploymentNumber ? 'is in force already' : 'is in force';
        done.push(`${region} has the new rules (deployment ${number})`);
        note(`${region} (${role}): deployment ${number} ${news}.`);
      } catch (error) {
        if (signal.aborted) throw error;
        throw incomplete(target, region, done, error);
      }
    }
  });
}

function incomplete(
  { config }: Target,
  region: string,
  done: readonly string[],
  error: unknown,
): CommandError {
  const state =
    done.length === 0
      ? `It comes first: the rules in ${config.regions.primary} are as they were. Run the same command again.`
      : `${done.join(', ')}, ${region} has the old ones. Run the same command again: it goes on with ${region}.`;
  const exitCode = done.length === 0 ? EXIT.failed : EXIT.incomplete;
  return new CommandError(`${region}: ${describeError(error)}\n${state}`, exitCode, { cause: error });
}

export interface DeployVersionOptions {
  readonly store: ModelConfigStore;
  /** What the change was made from: a deployment that came in between is not overwritten. */
  readonly before: DeployedVersion;
  readonly config: ModelConfig;
  readonly description: string;
  readonly target: Pick<Target, 'kind' | 'speed'>;
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
