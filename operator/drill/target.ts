import { type Change, type Status, PORTS, callControl, portBase } from '@assistant/emulator';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { switchTableName } from '../../contract/evacuation';
import { projectConfig, REHEARSAL } from '../command/project';
import { readStatus, requireRegion } from '../command/target';
import { EvacuationAdmin } from '../evacuate/evacuation-admin';
import { EmulatedTime, machineNow } from './emulated-time';
import type { DrillLog } from './drill-log';
import { SCENARIOS, type ScenarioName } from './scenario';

/** A system that a drill is held with. */
export interface DrillTarget {
  /** Where callers ask, by the failover name. */
  readonly url: URL;
  readonly time: EmulatedTime;
  readonly regions: DrillLog['regions'];
  /** @throws Error where the system is not as it is on a quiet day, with what to do */
  checkReady(): Promise<void>;
  takeAway(): Promise<void>;
  /** Undoes what `takeAway` did. */
  bringBack(): Promise<void>;
  /** Real milliseconds by which a global table is late in the other region, where the target tells. */
  replicationLagMs(): Promise<number | undefined>;
  /** Changes of health checks and answers, the oldest first; none where the target does not tell. */
  changes(): Promise<readonly Change[]>;
  close(): Promise<void>;
}

/** How the primary is taken away. */
export interface Outage {
  /** @throws Error where it is away already, with what to do */
  checkReady(): Promise<void>;
  begin(): Promise<void>;
  end(): Promise<void>;
  close(): void;
}

/** A fault in a running `npm start`. Faults can only be ended all at once, so that no others may be in force. */
const faultOutage = (fault: object): Outage => ({
  checkReady: async () => {
    const inForce = (await callControl('GET', '/faults')) as readonly unknown[];
    if (inForce.length > 0) {
      throw new Error('Faults are in force already: end them with `npm run assistant -- fault clear`.');
    }
  },
  begin: async () => {
    await callControl('POST', '/faults', fault);
  },
  end: async () => {
    await callControl('DELETE', '/faults');
  },
  close: () => undefined,
});

/** The evacuation switch, wherever it is; the admin is closed with it. */
const switchOutage = (admin: EvacuationAdmin): Outage => ({
  checkReady: async () => {
    const { evacuated } = await admin.read();
    if (evacuated) {
      throw new Error(
        'The primary is evacuated already: give it back with `npm run assistant -- evacuate return`.',
      );
    }
  },
  begin: async () => {
    await admin.evacuate();
  },
  end: async () => {
    await admin.giveBack();
  },
  close: () => {
    admin.close();
  },
});

/**
 * A deployment, evacuated by its switch with the credentials that the AWS SDK finds. Route 53 does not tell when its
 * health checks changed: clients' answers alone are measured.
 */
export function awsTarget({ project, regions, domain }: AssistantConfig): DrillTarget {
  const admin = new EvacuationAdmin(switchTableName(project), { region: regions.secondary });
  const outage = switchOutage(admin);
  return {
    url: new URL(`https://${domain.failover}/`),
    time: new EmulatedTime(),
    regions: { primary: regions.primary, secondary: regions.secondary },
    checkReady: () => outage.checkReady(),
    takeAway: () => outage.begin(),
    bringBack: () => outage.end(),
    replicationLagMs: () => Promise.resolve(undefined),
    changes: () => Promise.resolve([]),
    close: () => {
      outage.close();
      return Promise.resolve();
    },
  };
}

/**
 * A running `npm start`, reached by its control port.
 * @param rehearsal folder of the one that a drill of a deployment works on
 * @throws Error where none runs, with what to do
 */
export async function localTarget(scenario: ScenarioName, rehearsal = REHEARSAL): Promise<DrillTarget> {
  // What Terraform needs is loaded for this alone; its emulator may have other ports.
  const deployment =
    scenario === 'deploy'
      ? await (await import('./deployment.ts')).deploymentOutage(projectConfig(), rehearsal)
      : undefined;
  const before = machineNow();
  const status = await readStatus();
  const { speed, now } = status.clock;
  // The system's time as it was in the middle of the call.
  const time = new EmulatedTime(speed, now, (before + machineNow()) / 2);
  const outage = deployment ?? outageOf(scenario, status);
  const slows = SCENARIOS[scenario].converses === true && (await areInstant());
  return {
    url: new URL(`http://127.0.0.1:${portBase() + PORTS.failover}/`),
    time,
    regions: {
      primary: requireRegion(status, 'primary').region,
      secondary: requireRegion(status, 'secondary').region,
    },
    checkReady: async () => {
      await outage.checkReady();
      checkQuiet(await readStatus());
      if (slows) await callControl('POST', '/models', SPEAKING_MODELS);
    },
    takeAway: () => outage.begin(),
    bringBack: () => outage.end(),
    replicationLagMs: async () => ((await callControl('GET', '/replication')) as { lagMs: number }).lagMs,
    changes: async () => (await readStatus()).history,
    close: async () => {
      outage.close();
      if (slows) await callControl('DELETE', '/models');
    },
  };
}

/** So that a region can be lost in the middle of a stream: about as fast as real ones, if short: each open one keeps an instance busy. */
const fixed = (value: number) => ({ kind: 'fixed', value });
const SPEAKING_MODELS = {
  models: [
    { model: '*', timeToFirstTokenMs: fixed(100), tokensPerSecond: fixed(25), outputTokens: fixed(18) },
  ],
};

/** Whether models are to take their time, and nobody has said how long. */
async function areInstant(): Promise<boolean> {
  const { models } = (await callControl('GET', '/models')) as { models: readonly unknown[] };
  return models.length === 0;
}

function outageOf(scenario: ScenarioName, status: Status): Outage {
  const { fault } = SCENARIOS[scenario];
  if (fault) return faultOutage(fault);
  const table = switchTableName(projectConfig().project);
  return switchOutage(new EvacuationAdmin(table, requireRegion(status, 'secondary').clients.dynamoDb));
}

function checkQuiet({ healthChecks, failover }: Status): void {
  const unhealthy = healthChecks.filter(({ healthy }) => !healthy);
  if (unhealthy.length > 0) {
    const list = unhealthy.map(({ name, reason }) => `${name} (${reason})`).join('; ');
    throw new Error(`Not every health check is healthy: ${list}. Wait until they are, or start anew.`);
  }
  if (failover.servedBy !== 'primary') {
    throw new Error('Callers are not back with the primary yet. Wait until their DNS answer has run out.');
  }
}
