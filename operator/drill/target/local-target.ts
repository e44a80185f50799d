import { type Status, DEFAULT_PORT_BASE, PORTS, callControl } from '@assistant/emulator';
import { readConfig } from '../../../constructs/config/read-config';
import { switchTableName } from '../../../contract/evacuation';
import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { ActedOutTime, machineNow } from '../acted-out-time';
import { SCENARIOS, type ScenarioName } from '../scenario';
import type { DrillTarget } from './drill-target';
import { faultOutage, switchOutage, type Outage } from './outage';

/**
 * A running `npm start`, reached by its control port.
 * @throws Error where none runs, with what to do
 */
export async function localTarget(scenario: ScenarioName): Promise<DrillTarget> {
  const { status, time } = await readStatus();
  const outage = outageOf(scenario, status);
  const portBase = Number(process.env.LOCAL_PORT_BASE ?? DEFAULT_PORT_BASE);
  return {
    url: new URL(`http://127.0.0.1:${portBase + PORTS.failover}/`),
    time,
    regions: { primary: status.regions.primary.region, secondary: status.regions.secondary.region },
    checkReady: async () => {
      await outage.checkReady();
      checkQuiet((await readStatus()).status);
    },
    takeAway: () => outage.begin(),
    bringBack: () => outage.end(),
    changes: async () => (await readStatus()).status.history,
    close: () => {
      outage.close();
    },
  };
}

/** The status, and the system's time as it was in the middle of the call. */
async function readStatus(): Promise<{ readonly status: Status; readonly time: ActedOutTime }> {
  const before = machineNow();
  const status = (await callControl('GET', '/status')) as Status;
  const { speed, now } = status.clock;
  return { status, time: new ActedOutTime(speed, now, (before + machineNow()) / 2) };
}

function outageOf(scenario: ScenarioName, status: Status): Outage {
  const { fault } = SCENARIOS[scenario];
  if (fault) return faultOutage(fault);
  const table = switchTableName(readConfig().project);
  return switchOutage(new EvacuationAdmin(table, status.regions.secondary.clients.dynamoDb));
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
