import {
  callControl,
  type Fault,
  type LogLine,
  type MetricTotal,
  type RegionStatus,
  type Status,
} from '@assistant/emulator';
import type { Tier } from '../../contract/api';
import { circuitTableName } from '../../contract/circuit';
import { METRICS } from '../../contract/metrics';
import { CircuitAdmin, type CircuitReport } from '../circuits/circuit-admin';
import { switchTableName } from '../../contract/evacuation';
import { describeError } from '../command/errors';
import { projectConfig } from '../command/project';
import { readStatus, type Role } from '../command/target';
import { EvacuationAdmin, type EvacuationState } from '../evacuate/evacuation-admin';
import { faultsInForce } from '../fault/fault-command';

export const TIERS: readonly Tier[] = ['primary', 'fallback', 'degraded'];

/** A region as an operator asks for it. */
export interface RegionState {
  readonly role: Role;
  readonly region: string;
  readonly configuration: {
    /** AppConfig's number of the deployed version, and how the functions call its content. */
    readonly deployed: { readonly number: number; readonly version: string };
    /** What the latest answer to a caller was given by; null where none is known. */
    readonly answering: { readonly source: string; readonly version: string } | null;
  };
  /** Answers to callers since the start, without the canary's. */
  readonly answers: Readonly<Record<Tier, number>>;
  /** Who gave the latest answers to callers, as far as the log has them, the latest first. */
  readonly latest: readonly Tier[];
  /** Those that are not closed; a string says why they could not be read. */
  readonly circuits: readonly CircuitReport[] | string;
  readonly alarms: readonly { readonly name: string; readonly state: string }[];
  readonly modelCalls: Readonly<Record<string, number>>;
}

export interface SystemState {
  readonly failover: Status['failover'];
  /** A string says why it could not be read. */
  readonly evacuation: EvacuationState | string;
  readonly models: Status['models'];
  readonly clock: { readonly speed: number; readonly now: string };
  readonly healthChecks: Status['healthChecks'];
  readonly regions: readonly RegionState[];
  readonly faults: readonly Fault[];
}

/** What has been read of a region beside its status. */
export interface RegionReadings {
  readonly metrics: readonly MetricTotal[];
  readonly answering: RegionState['configuration']['answering'];
  readonly latest: RegionState['latest'];
  readonly circuits: RegionState['circuits'];
}

/** Without a standby nothing can be. */
export const NOT_EVACUATED: EvacuationState = { evacuated: false };

/** @throws Error where no `npm start` runs, with what to do */
export async function readSystem(): Promise<SystemState> {
  const [status, faults] = await Promise.all([readStatus(), faultsInForce()]);
  const regions = await Promise.all(
    Object.entries(status.regions).map(async ([role, { clients }]) => {
      const [metrics, logs, circuits] = await Promise.all([
        callControl('GET', `/metrics?region=${role}`) as Promise<readonly MetricTotal[]>,
        callControl('GET', `/logs?region=${role}`) as Promise<readonly LogLine[]>,
        closing(openCircuits(clients.dynamoDb), readCircuits),
      ]);
      return [
        role,
        { metrics, answering: answeringBy(logs), latest: latestAnswers(logs), circuits },
      ] as const;
    }),
  );
  const standby = status.regions.secondary;
  return systemState(status, {
    faults,
    evacuation:
      standby === undefined
        ? NOT_EVACUATED
        : await closing(openSwitch(standby.clients.dynamoDb), readEvacuation),
    regions: Object.fromEntries(regions),
  });
}

interface SystemReadings extends Pick<SystemState, 'faults' | 'evacuation'> {
  readonly regions: Readonly<Partial<Record<Role, RegionReadings>>>;
}

export function systemState(status: Status, readings: SystemReadings): SystemState {
  const { failover, models, clock, healthChecks, regions } = status;
  return {
    failover,
    evacuation: readings.evacuation,
    models,
    clock: { speed: clock.speed, now: new Date(clock.now).toISOString() },
    healthChecks,
    regions: Object.entries(regions).flatMap(([role, region]) => {
      const read = readings.regions[role as Role];
      return read === undefined ? [] : [regionState(role as Role, region, read)];
    }),
    faults: readings.faults,
  };
}

const regionState = (
  role: Role,
  { region, appConfig, alarms, modelCalls }: RegionStatus,
  { metrics, answering, latest, circuits }: RegionReadings,
): RegionState => ({
  role,
  region,
  configuration: {
    deployed: { number: appConfig.version, version: appConfig.sha256.slice(0, 12) },
    answering,
  },
  answers: answersByTier(metrics),
  latest,
  circuits,
  alarms: alarms.map(({ name, state }) => ({ name, state })),
  modelCalls,
});

type DynamoDb = RegionStatus['clients']['dynamoDb'];

export const openCircuits = (client: DynamoDb): CircuitAdmin =>
  new CircuitAdmin(circuitTableName(projectConfig().project), client);

export const openSwitch = (client: DynamoDb): EvacuationAdmin =>
  new EvacuationAdmin(switchTableName(projectConfig().project), client);

export const readCircuits = (admin: CircuitAdmin): Promise<readonly CircuitReport[] | string> =>
  orWhyNot(async () => (await admin.list()).filter(({ phase }) => phase !== 'closed'));

export const readEvacuation = (admin: EvacuationAdmin): Promise<EvacuationState | string> =>
  orWhyNot(() => admin.read());

/** A region that is down does not keep the rest from being shown. */
async function orWhyNot<Result>(read: () => Promise<Result>): Promise<Result | string> {
  try {
    return await read();
  } catch (error) {
    return describeError(error);
  }
}

async function closing<Admin extends { close(): void }, Result>(
  admin: Admin,
  read: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(admin);
  } finally {
    admin.close();
  }
}

/** An answer is counted by its tier, its source and, where there was one, its model. */
function answersByTier(metrics: readonly MetricTotal[]): Readonly<Record<Tier, number>> {
  const count = (tier: Tier): number =>
    metrics
      .filter(
        ({ name, dimensions }) =>
          name === METRICS.answers && dimensions.tier === tier && dimensions.source !== 'canary',
      )
      .reduce((total, { sum }) => total + sum, 0);
  return { primary: count('primary'), fallback: count('fallback'), degraded: count('degraded') };
}

/** As the functions' own logs have it, the latest line first. */
export function answeringBy(
  logs: readonly Pick<LogLine, 'line'>[],
): RegionState['configuration']['answering'] {
  for (const { line } of logs.toReversed()) {
    if (!line.includes('"answered"')) continue;
    const { message, source, configurationSource, configurationVersion } = parse(line);
    if (message === 'answered' && source !== 'canary')
      return { source: String(configurationSource), version: String(configurationVersion) };
  }
  return null;
}

/** What is wrong now shows in so many; the counts since the start never forget an outage. */
const LATEST = 10;

/** As the functions' own logs have it. @param before what was known before these lines */
export function latestAnswers(
  logs: readonly Pick<LogLine, 'line'>[],
  before: RegionState['latest'] = [],
): RegionState['latest'] {
  const told = logs.toReversed().flatMap(({ line }) => {
    if (!line.includes('"answered"') && !line.includes('"degraded"')) return [];
    const { message, source, tier } = parse(line);
    const isAnswer = message === 'answered' || message === 'degraded';
    return isAnswer && source !== 'canary' ? TIERS.filter((each) => each === tier) : [];
  });
  return [...told, ...before].slice(0, LATEST);
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return {};
  }
}
