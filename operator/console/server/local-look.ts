import { setTimeout as sleep } from 'node:timers/promises';
import { callControl, type LogLine, type MetricTotal, type Status } from '@assistant/emulator';
import { METRICS } from '../../../contract/metrics';
import type { ModelConfig } from '../../../contract/model-config';
import { withoutRerun } from '../../command/errors';
import { readStatus, type Role } from '../../command/target';
import { faultsInForce } from '../../fault/fault-command';
import {
  answeringBy,
  latestAnswers,
  NOT_EVACUATED,
  openCircuits,
  openSwitch,
  readCircuits,
  readEvacuation,
  systemState,
  type RegionReadings,
  type SystemState,
} from '../../status/read-system';
import { troublesOf } from '../../status/status-command';
import type { Picture, RegionPicture } from '../picture';
import { changesOf, happenings } from './happenings';
import { readLines } from './lines';
import type { Look, Looker } from './live';
import { rulesByType } from './rules-by-type';

/** What takes calls of services (circuits, the evacuation switch) is looked at so often, in milliseconds. */
const SERVICES_MS = 5_000;

/** A region that does not answer keeps the first picture waiting no longer than this, in milliseconds. */
const FIRST_MS = 1_500;

/** Of a region in one look: who is asked a thousand times a second has others to read its log. */
const LINES_AT_ONCE = 100;

interface RegionWatch {
  /** Of the log. */
  since: number;
  metrics: readonly MetricTotal[];
  answering: RegionReadings['answering'];
  latest: RegionReadings['latest'];
  circuits: RegionReadings['circuits'];
  /** Of the deployed configuration. */
  readonly rules: Map<string, RegionPicture['rules']>;
}

/** A running `npm start`, by its control port and its services. */
export class LocalLook implements Looker {
  private readonly regions = new Map<string, RegionWatch>();
  private evacuation: SystemState['evacuation'] = NOT_EVACUATED;
  /** By their endpoints, which a deployment changes: to make a client costs as much as many calls. */
  private readonly circuits = new Map<string, ReturnType<typeof openCircuits>>();
  private readonly switches = new Map<string, ReturnType<typeof openSwitch>>();
  private changesSince = 0;
  private servicesAt = 0;
  private before: Look['picture'] | undefined;
  private reading: Promise<void> | undefined;

  forget(): void {
    this.servicesAt = 0;
  }

  async look(): Promise<Look> {
    const [status, faults, replication] = await Promise.all([
      readStatus(),
      faultsInForce(),
      callControl('GET', '/replication') as Promise<Picture['replication']>,
    ]);
    await this.readServices(status);
    const readings = await Promise.all(
      Object.entries(status.regions).map(
        async ([role, { appConfig }]) =>
          [role, await this.readRegion(role as Role, appConfig.sha256)] as const,
      ),
    );
    const regions = Object.fromEntries(readings);
    const system = systemState(status, { faults, evacuation: this.evacuation, regions });
    const now = Date.now();
    const changes = changesOf(status, this.changesSince, now);
    this.changesSince = status.history.at(-1)?.at ?? 0;
    const picture = {
      ...system,
      speed: status.clock.speed,
      regions: system.regions.map((region) => ({ ...region, ...pictured(regions[region.role]) })),
      replication,
      ...{ traffic: null, cost: '', unread: [] },
      troubles: troublesOf(system).map(withoutCommands),
    };
    const happened = [...changes, ...(this.before ? happenings(this.before, picture, now) : [])];
    this.before = picture;
    return { picture, happened, lines: readings.flatMap(([, { lines }]) => lines) };
  }

  /** In the background: a service that does not answer delays nothing but the first picture, and that a little. */
  private async readServices({ regions }: Status): Promise<void> {
    if (this.reading !== undefined || performance.now() - this.servicesAt < SERVICES_MS) return;
    this.servicesAt = performance.now();
    const standby = regions.secondary?.clients.dynamoDb;
    this.reading = Promise.all([
      standby && this.readSwitch(standby),
      ...Object.entries(regions).map(
        async ([
          role,
          {
            clients: { dynamoDb },
          },
        ]) => {
          const admin = this.circuits.get(dynamoDb.endpoint) ?? openCircuits(dynamoDb);
          this.circuits.set(dynamoDb.endpoint, admin);
          this.watch(role).circuits = await readCircuits(admin);
        },
      ),
    ]).then(() => {
      this.reading = undefined;
    });
    await Promise.race([this.reading, sleep(this.before === undefined ? FIRST_MS : 200)]);
  }

  private async readSwitch(standby: Parameters<typeof openSwitch>[0]): Promise<void> {
    const admin = this.switches.get(standby.endpoint) ?? openSwitch(standby);
    this.switches.set(standby.endpoint, admin);
    this.evacuation = await readEvacuation(admin);
  }

  private async readRegion(role: Role, configuration: string) {
    const watch = this.watch(role);
    const since = `/logs?region=${role}&since=${watch.since}&most=${LINES_AT_ONCE}`;
    const logged = (await callControl('GET', since)) as readonly LogLine[];
    // They come from the log.
    if (logged.length > 0)
      watch.metrics = (await callControl('GET', `/metrics?region=${role}`)) as readonly MetricTotal[];
    watch.since = logged.at(-1)?.sequence ?? watch.since;
    watch.answering = answeringBy(logged) ?? watch.answering;
    watch.latest = latestAnswers(logged, watch.latest);
    if (!watch.rules.has(configuration)) {
      const rules = await readRules(role);
      watch.rules.clear();
      watch.rules.set(configuration, rules);
    }
    const { metrics, answering, latest, circuits, rules } = watch;
    const lines = readLines(role, logged);
    return { metrics, answering, latest, circuits, lines, rules: rules.get(configuration) ?? [] };
  }

  private watch(role: string): RegionWatch {
    const watch = this.regions.get(role) ?? {
      ...{ since: 0, answering: null, latest: [], circuits: [] as const, metrics: [] as const },
      rules: new Map<string, RegionPicture['rules']>(),
    };
    this.regions.set(role, watch);
    return watch;
  }
}

/** What to do is at hand on the page: the commands, and how to run them again, are for those in a terminal. */
const withoutCommands = (trouble: string): string => withoutRerun(trouble.replace(/\n[^]*$/, ''));

const pictured = (
  readings: { readonly metrics: readonly MetricTotal[]; readonly rules: RegionPicture['rules'] } | undefined,
): Pick<RegionPicture, 'rules' | 'canary'> => {
  const { metrics = [], rules = [] } = readings ?? {};
  // Of the canary as a whole, not by tier and model.
  const canary = metrics.find(
    ({ name, dimensions }) => name === METRICS.canaryUnanswered && dimensions.tier === undefined,
  );
  return { rules, canary: { asked: canary?.count ?? 0, unanswered: canary?.sum ?? 0 } };
};

async function readRules(role: Role): Promise<RegionPicture['rules']> {
  const status = await readStatus();
  const config = (await callControl('GET', `/configuration?region=${role}`)) as ModelConfig;
  return rulesByType(config, status.regions[role]?.region ?? '');
}
