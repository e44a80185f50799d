import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { GetDeploymentCommand } from '@aws-sdk/client-appconfig';
import type { ModelConfig } from '../../contract/model-config';
import { requestTypes, selectRule } from '../../contract/select-rule';
import { eachRegion, requireReached } from '../command/each-region';
import { CommandError } from '../command/errors';
import { hanging, table, type Block } from '../command/layout';
import { note, tell, tellJson } from '../command/output';
import type { Role } from '../command/target';
import type { Place } from '../command/region';
import { placeTitle } from '../command/words';
import {
  type DeployedVersion,
  type Deployment,
  isTakenBack,
  type ModelConfigStore,
  readable,
  UNREADABLE_ADVICE,
} from '../model-config/deployed-model-config';
import { readModelConfig } from '../model-config/model-config-file';
import { openStore, type RollOutTarget } from '../model-config/roll-out';
import { differenceLines, differences } from './differences';

/** What the commands look at, and how they show it. */
export interface Look {
  readonly target: RollOutTarget;
  readonly roles: readonly Role[];
  readonly json: boolean;
}

/** Reads each region, shows what was reached, and says what was not. */
async function look<T extends object>(
  { target, roles, json }: Look,
  read: (store: ModelConfigStore, place: Place) => Promise<T>,
  lines: (regions: readonly (Place & T)[]) => readonly Block[],
): Promise<readonly (Place & T)[]> {
  const { regions } = target.config;
  const outcome = await eachRegion(roles, regions, async (role) => {
    const place = { role, region: regions[role] };
    return { ...place, ...(await read(await openStore(target, role), place)) };
  });
  if (json) tellJson({ regions: outcome.reached, failed: outcome.failed });
  else if (outcome.reached.length > 0) tell(...lines(outcome.reached));
  requireReached(outcome, 'read');
  return outcome.reached;
}

export async function show(at: Look, out?: string): Promise<void> {
  const shown = await look(
    at,
    (store) => store.newest(),
    (regions) =>
      regions.flatMap((region) => [
        `${placeTitle(region)}: ${inForce(region)}.`,
        ...unreadableLine(region),
        ...(region.config === undefined ? [] : [ruleTable(region.config, region.region)]),
      ]),
  );
  if (out === undefined) return;
  shown.forEach(readable);
  const [first, ...others] = shown;
  if (others.some(({ config }) => !isDeepStrictEqual(config, first?.config)))
    throw new CommandError(`The regions have different rules. Name one to write to ${out}: --region primary`);
  writeFileSync(out, `${JSON.stringify(first?.config, null, 2)}\n`);
  note(`Written to ${out}.`);
}

const unreadableLine = ({ unreadable }: Pick<DeployedVersion, 'unreadable'>): readonly Block[] =>
  unreadable === undefined ? [] : [hanging(`  It cannot be read: ${unreadable}. ${UNREADABLE_ADVICE}`, 2)];

function inForce(deployed: Omit<DeployedVersion, 'config'>): string {
  const { version, deploymentNumber, state, percent, startedAt, configurationVersion } = deployed;
  const progress = state === 'DEPLOYING' ? `, given to ${percent} %` : '';
  return `version ${version}, deployment ${deploymentNumber} (${state}${progress}) of ${timeOf(startedAt)}, rules ${configurationVersion ?? 'deleted'}`;
}

function ruleTable(config: ModelConfig, region: string): Block {
  // No type has an empty name: it stands for all without a rule.
  const types = [['default', ''], ...requestTypes(config, region).map((type) => [type, type])] as const;
  const rows = types.flatMap(([name = '', type = '']) => {
    const { primary, fallback, maxTokens } = selectRule(config, region, type);
    return [
      [name, 'primary', primary.modelId, String(primary.maxTokens ?? maxTokens)],
      [name, 'fallback', fallback.modelId, String(fallback.maxTokens ?? maxTokens)],
    ];
  });
  return table(['type', 'tier', 'model', 'tokens'], rows);
}

export async function diff(at: Look, file: string): Promise<void> {
  const config = readModelConfig(file);
  await look(
    at,
    async (store) => {
      const { version, config: deployed, unreadable } = await store.newest();
      return { version, unreadable, differences: deployed ? differences(deployed, config) : null };
    },
    (regions) =>
      regions.flatMap(({ version, unreadable, differences: found, ...place }) => {
        if (found === null)
          return [`${placeTitle(place)}: version ${version}`, ...unreadableLine({ unreadable })];
        return found.length === 0
          ? [`${placeTitle(place)}: ${file} is in force, as version ${version}.`]
          : [`${placeTitle(place)}: from version ${version} to ${file}`, ...differenceLines(found)];
      }),
  );
}

export async function status(at: Look): Promise<void> {
  await look(
    at,
    async (store) => {
      const [latest] = await deploymentsOf(store, 1);
      const { config: _, ...newest } = await store.newest();
      return { ...newest, takenBack: latest && isTakenBack(latest) ? await takenBack(store, latest) : null };
    },
    (regions) => [
      ...regions.flatMap(({ takenBack: told, ...region }) => [
        `${placeTitle(region)}: ${inForce(region)}.`,
        ...unreadableLine(region),
        ...(told === null ? [] : [`  ${told}`]),
      ]),
      ...(new Set(regions.map(({ configurationVersion }) => configurationVersion)).size > 1
        ? ['The regions have different rules.']
        : []),
    ],
  );
}

async function takenBack(store: ModelConfigStore, deployment: Deployment): Promise<string> {
  const { ApplicationId, EnvironmentId } = store.ids;
  const { deploymentNumber, version, state } = deployment;
  const { EventLog: [event] = [] } = await store.client.send(
    new GetDeploymentCommand({ ApplicationId, EnvironmentId, DeploymentNumber: deploymentNumber }),
  );
  const why = event?.Description === undefined ? '' : `: ${event.Description}`;
  return `version ${version}, deployment ${deploymentNumber}, was taken back (${state}, by ${event?.TriggeredBy ?? 'AppConfig'}${why}).`;
}

export async function history(at: Look, last: number): Promise<void> {
  await look(
    at,
    async (store) => {
      const descriptions = await store.descriptions();
      const deployments = await deploymentsOf(store, last);
      return {
        deployments: deployments.map((deployment) => ({
          ...deployment,
          description: descriptions.get(deployment.version) ?? null,
        })),
      };
    },
    (regions) =>
      regions.flatMap(({ deployments, ...place }) => [
        placeTitle(place),
        table(
          ['deployment', 'version', 'state', 'began', 'what the version is'],
          deployments.map(({ deploymentNumber, version, state, startedAt, description }) => [
            ...[String(deploymentNumber), String(version), state, timeOf(startedAt)],
            description ?? 'deleted',
          ]),
        ),
      ]),
  );
}

async function deploymentsOf(store: ModelConfigStore, last: number): Promise<readonly Deployment[]> {
  const found: Deployment[] = [];
  for await (const deployment of store.deployments()) if (found.push(deployment) === last) break;
  return found;
}

/** To the minute, in UTC. */
const timeOf = (time: Date | undefined): string =>
  time === undefined ? '' : `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`;
