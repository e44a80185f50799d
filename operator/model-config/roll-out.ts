import { isDeepStrictEqual } from 'node:util';
import {
  type AppConfigClient,
  CreateHostedConfigurationVersionCommand,
  type Deployment,
  GetDeploymentCommand,
  StartDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import type { ModelConfig } from '../../contract/model-config';
import { failureLines } from '../command/each-region';
import { CommandError, isNamed, describeError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { untilInterrupted } from '../command/interruption';
import { note } from '../command/output';
import { poll } from '../command/poll';
import { progressDisplay } from '../command/progress';
import type { Role, TargetName } from '../command/target';
import { counted, placeTitle } from '../command/words';
import { type DeployedVersion, isTakenBack, isUnderWay, ModelConfigStore } from './deployed-model-config';

/** The deployment, or the running system, whose ModelConfigs are changed. */
export interface RollOutTarget {
  readonly kind: TargetName;
  readonly config: Pick<AssistantConfig, 'regions' | 'stage' | 'environment' | 'modelVendors'>;
  /** Emulated milliseconds in a real one; 1 on AWS. */
  readonly speed: number;
  readonly appConfig: Readonly<Record<Role, AppConfigClient>>;
}

/** The standby first: the region that customers use takes only what the other has taken. */
export const ORDER: readonly Role[] = ['secondary', 'primary'];

export const openStore = (
  { config, appConfig }: Omit<RollOutTarget, 'kind' | 'speed'>,
  role: Role,
): Promise<ModelConfigStore> => ModelConfigStore.open(appConfig[role], config.regions[role], config);

/** What a region's rules are to become, and what that was decided by. */
export interface RegionPlan {
  readonly role: Role;
  readonly store: ModelConfigStore;
  /** A deployment that came after it is not overwritten. */
  readonly before: DeployedVersion;
  readonly config: ModelConfig;
  /** A version that holds the config already. */
  readonly version?: number;
}

export const regionTitle = ({ role, store }: Pick<RegionPlan, 'role' | 'store'>): string =>
  placeTitle({ role, region: store.region });

/** A region and what is in force there. */
export type Current = Omit<RegionPlan, 'config' | 'version'>;

/**
 * Looks at the regions, and at what their rules would become; nothing is changed.
 * @param change makes a region's new rules from what is in force there
 * @param roles where the operator can name one by --region
 * @throws CommandError where a region is not reached, with its name
 */
export const planRollOut = (
  target: RollOutTarget,
  change: (current: Current) => Promise<ModelConfig> | ModelConfig,
  roles?: readonly Role[],
): Promise<readonly RegionPlan[]> =>
  lookAtRegions(target, async (current) => ({ ...current, config: await change(current) }), roles);

/** The same of the regions alone. */
export async function lookAtRegions<T>(
  target: RollOutTarget,
  act: (current: Current) => Promise<T> | T,
  roles?: readonly Role[],
): Promise<readonly T[]> {
  const { regions } = target.config;
  const planned = ORDER.filter((role) => roles?.includes(role) ?? true);
  return Promise.all(
    planned.map(async (role) => {
      try {
        const store = await openStore(target, role);
        return await act({ role, store, before: await store.newest() });
      } catch (error) {
        if (error instanceof CommandError) throw error;
        const failed = [{ role, region: regions[role], reason: describeError(error) }];
        const others = planned.filter((other) => other !== role);
        const advice =
          roles === undefined || others.length === 0
            ? []
            : [`Nothing was changed in any region. The other one alone: --region ${others.join()}`];
        throw new CommandError([...failureLines({ failed }, 'changed'), ...advice].join('\n'), EXIT.failed, {
          cause: error,
        });
      }
    }),
  );
}

export interface RollOutOptions {
  readonly description: string;
  /** To all functions in one, with no alarm that takes it back. */
  readonly now: boolean;
  /** How an operator goes on where the second region fails. @default - by the same command, or by a rollback of the first */
  readonly goOn?: (failed: RegionPlan, done: RegionPlan) => string;
  /** How an operator comes back to what Ctrl-C has left. @default - by the same command */
  readonly resume?: string;
}

const RESUME =
  'A deployment that was begun goes on: run the same command again to follow it, or look at it by `models status`.';

/**
 * Changes the regions' ModelConfigs, one after the other, and waits until each is in force. Run again, it goes on where
 * it was: a deployment that runs is waited for, and what is in force already is left alone.
 * @throws CommandError that says what is in force where, and how to go on
 */
export async function rollOut(
  target: Pick<RollOutTarget, 'kind' | 'speed'>,
  plans: readonly RegionPlan[],
  options: RollOutOptions,
): Promise<void> {
  const done: { readonly plan: RegionPlan; readonly news: string }[] = [];
  await untilInterrupted(options.resume ?? RESUME, async (signal) => {
    for (const plan of plans) {
      const { store, before } = plan;
      try {
        const number = await deployVersion({ ...options, plan, target, signal });
        const news = number === before.deploymentNumber ? 'is in force already' : 'is in force';
        done.push({ plan, news: `${store.region} has the new rules (deployment ${number})` });
        note(`${regionTitle(plan)}: deployment ${number} ${news}.`);
      } catch (error) {
        if (signal.aborted) throw error;
        throw incomplete(plans, plan, done, options.goOn ?? goOnByTheSame, error);
      }
    }
  });
}

const goOnByTheSame: NonNullable<RollOutOptions['goOn']> = (
  { store: { region } },
  { store: { region: done } },
) =>
  `Run the same command again: it goes on with ${region}. Or take ${done} back: npm run assistant -- models rollback --region ${done}`;

function incomplete(
  plans: readonly RegionPlan[],
  failed: RegionPlan,
  [done]: readonly { readonly plan: RegionPlan; readonly news: string }[],
  goOn: NonNullable<RollOutOptions['goOn']>,
  error: unknown,
): CommandError {
  const { region } = failed.store;
  const told = `${region}: ${describeError(error)}\n`;
  if (done !== undefined) {
    const state = `${done.news}, ${region} has the old ones. ${goOn(failed, done.plan)}`;
    return new CommandError(told + state, EXIT.incomplete, { cause: error });
  }
  const others = plans.map(({ store }) => store.region).filter((other) => other !== region);
  const untouched =
    others.length > 0 ? ` It comes first: the rules in ${others.join(', ')} are as they were.` : '';
  // Such an error says itself what to do, and a deployment that was taken back would be again.
  const again = error instanceof CommandError ? '' : ' Run the same command again.';
  const exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
  return new CommandError(`${told}${region} has the old rules.${untouched}${again}`, exitCode, {
    cause: error,
  });
}

interface DeployVersionOptions extends RollOutOptions {
  readonly plan: RegionPlan;
  readonly target: Pick<RollOutTarget, 'kind' | 'speed'>;
  readonly signal: AbortSignal;
}

const INTERVAL_MS = 5_000;

/**
 * @returns the number of the deployment that the plan's config is in force by
 * @throws CommandError for a conflict with somebody else's deployment, or one that was taken back
 */
async function deployVersion(options: DeployVersionOptions): Promise<number> {
  const { store, before, config } = options.plan;
  if (isDeepStrictEqual(before.config, config)) {
    if (isUnderWay(before)) await untilComplete(options, before.deploymentNumber);
    return before.deploymentNumber;
  }
  if (isUnderWay(before)) {
    throw new CommandError(
      `Deployment ${before.deploymentNumber} is under way there (${before.state}). ` +
        'Wait for its end, or take it back: npm run assistant -- models rollback',
    );
  }
  const number = await start(options).catch((error: unknown) => {
    if (!isNamed(error, 'ConflictException')) throw error;
    throw new CommandError(
      `Somebody else has changed the ModelConfig in ${store.region} meanwhile (${error instanceof Error ? error.message : ''}). ` +
        'Look at it, and run the command again: it starts from theirs.',
      EXIT.failed,
      { cause: error },
    );
  });
  await untilComplete(options, number);
  return number;
}

async function start({ plan, description, now, signal }: DeployVersionOptions): Promise<number> {
  const { client, ids } = plan.store;
  const version = plan.version ?? (await createVersion(plan, description));
  const strategyId = await plan.store.strategyId(now ? 'atOnce' : 'gradual');
  signal.throwIfAborted();
  const { DeploymentNumber = 0 } = await client.send(
    new StartDeploymentCommand({
      ...ids,
      DeploymentStrategyId: strategyId,
      ConfigurationVersion: String(version),
      Description: description,
      LatestDeploymentNumber: plan.before.latestDeployment,
    }),
  );
  return DeploymentNumber;
}

async function createVersion({ store, config }: RegionPlan, description: string): Promise<number> {
  const { ApplicationId, ConfigurationProfileId } = store.ids;
  const latest = await store.latestVersion();
  // An interrupted run may have left the version behind: one is enough.
  if (latest && isDeepStrictEqual(latest.config, config) && !(await hasServed(store, latest.number)))
    return latest.number;
  const { VersionNumber = 0 } = await store.client.send(
    new CreateHostedConfigurationVersionCommand({
      ApplicationId,
      ConfigurationProfileId,
      Content: Buffer.from(JSON.stringify(config)),
      ContentType: 'application/json',
      Description: description,
      ...(latest && { LatestVersionNumber: latest.number }),
    }),
  );
  return VersionNumber;
}

/** Deployed another time, it would be a return to what was in force then. */
async function hasServed(store: ModelConfigStore, version: number): Promise<boolean> {
  for await (const deployment of store.deployments())
    if (deployment.version === version && !isTakenBack(deployment)) return true;
  return false;
}

async function untilComplete(
  { plan, target, signal }: DeployVersionOptions,
  DeploymentNumber: number,
): Promise<void> {
  const { client, ids } = plan.store;
  const { ApplicationId, EnvironmentId } = ids;
  const title = regionTitle(plan);
  const display = progressDisplay(title);
  let isBaking = false;
  try {
    const deployment = await poll({
      target,
      intervalMs: INTERVAL_MS,
      signal,
      read: () => client.send(new GetDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber })),
      isOver: ({ State: state = '' }) => !isUnderWay({ state }) && state !== 'ROLLING_BACK',
      onState: ({ State, PercentageComplete = 0, FinalBakeTimeInMinutes = 0 }) => {
        if (State === 'DEPLOYING') display.update(PercentageComplete, 100, 'percent of the functions');
        if (State !== 'BAKING' || isBaking) return;
        isBaking = true;
        note(
          `${title}: all functions get it; for ${counted(FinalBakeTimeInMinutes, 'minute')} an alarm takes it back.`,
        );
      },
      onTrouble: (trouble) => {
        note(`${trouble} Trying again.`);
      },
    });
    if (deployment.State !== 'COMPLETE') throw takenBack(deployment);
  } finally {
    display.stop();
  }
}

function takenBack({ DeploymentNumber, State, EventLog = [] }: Deployment): CommandError {
  // The newest event is the first: what began the end is the oldest of these.
  const cause = EventLog.findLast(({ EventType }) => /^(ROLLBACK|REVERT)_/.test(EventType ?? ''));
  const by = cause?.TriggeredBy;
  const reason = cause?.Description ?? 'no reason is given';
  const deployment = `Deployment ${DeploymentNumber ?? 0} was taken back`;
  if (by === 'USER')
    return new CommandError(`${deployment} by somebody (${State ?? ''}: ${reason}).`, EXIT.stopped);
  const advice =
    by === 'CLOUDWATCH_ALARM'
      ? ' Its page in docs/operate/alarms.md says what to look at; correct the rules. An alarm that was on before takes back everything: if these rules are its remedy, give --now.'
      : '';
  return new CommandError(
    `${deployment} by ${by === 'CLOUDWATCH_ALARM' ? 'an alarm' : 'AppConfig'} (${State ?? ''}: ${reason}).${advice}`,
  );
}
