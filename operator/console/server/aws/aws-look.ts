import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { Route53Client } from '@aws-sdk/client-route-53';
import type { AssistantConfig } from '../../../../constructs/config/assistant-config';
import { circuitTableName } from '../../../../contract/circuit';
import { switchTableName } from '../../../../contract/evacuation';
import { groupBy } from '../../../statistics/group-by';
import { CircuitAdmin } from '../../../circuits/circuit-admin';
import { EvacuationAdmin } from '../../../evacuate/evacuation-admin';
import { ModelConfigStore, readable } from '../../../model-config/deployed-model-config';
import { troublesOf } from '../../../status/status-command';
import { answersWithin, type Regions, type ServiceConfig } from '../../../command/target';
import type { Happening, Picture, RegionPicture, Role } from '../../picture';
import { happenings } from '../happenings';
import type { Look, Looker } from '../live';
import { rulesByType } from '../rules-by-type';
import { judgeChecks, ledTo, pace, readObservations, readRecords, type Records } from './failover';
import { NOT_YET, Reading } from './reading';
import { hourlyCost, metricsOf, readTraffic, together } from './traffic';

/** What changes within seconds, and is cheap to ask for. */
const SOON_MS = 15_000;
/** CloudWatch has a value a minute, and each costs. */
const MINUTE_MS = 60_000;
/** What a deployment of the stacks alone changes. */
const SELDOM_MS = 600_000;

/** A region that does not answer is waited for so long, and once more. */
const CLIENT = {
  maxAttempts: 2,
  requestHandler: answersWithin(5_000),
};

const ROLES: readonly Role[] = ['primary', 'secondary'];

/** What is looked at, and where its services are. */
export interface Account {
  readonly config: AssistantConfig;
  readonly regions: Pick<Regions, Role>;
  readonly route53: ServiceConfig;
  /** The time that metrics go by, in milliseconds since the epoch. */
  readonly now: () => number;
}

/** A deployment, by an operator's own credentials. Each part is read for itself: one that cannot be says why. */
export class AwsLook implements Looker {
  private readonly route53: Route53Client;
  private readonly records;
  private readonly observations;
  private readonly evacuation;
  private readonly regions;
  private known: Records = {};
  private before: Look['picture'] | undefined;

  constructor(private readonly account: Account) {
    const { config, regions } = account;
    const route53 = new Route53Client({ ...CLIENT, ...account.route53 });
    pace(route53);
    this.route53 = route53;
    this.records = new Reading(() => readRecords(route53, config), SELDOM_MS);
    this.observations = new Reading(() => readObservations(route53, this.known), SOON_MS);
    const evacuation = new EvacuationAdmin(switchTableName(config.project), regions.secondary.dynamoDb);
    this.evacuation = new Reading(() => evacuation.read(), SOON_MS);
    this.regions = { primary: openRegion(account, 'primary'), secondary: openRegion(account, 'secondary') };
  }

  /** @throws where the SDK finds no credentials */
  async signIn(): Promise<void> {
    await this.route53.config.credentials();
  }

  look(): Promise<Look> {
    const { config } = this.account;
    const regions = ROLES.map((role) => this.regions[role]());
    const { checks, servedBy } = this.failover(regions);
    const failover = { name: config.domain.failover, servedBy, resolvesTo: servedBy };
    const evacuation = this.evacuation.get();
    const minutes = regions.map(({ traffic }) => traffic);
    const known = minutes.filter((each) => typeof each !== 'string');
    const [replication = null] = known.map(({ replicationMs }) => replicationMs).filter((ms) => ms !== null);
    const parts = {
      failover,
      evacuation,
      healthChecks: checks,
      regions: regions.map(({ picture }) => picture),
    };
    const picture = {
      ...{ ...parts, models: 'aws', faults: [], speed: 1 },
      replication: { lagMs: replication, pending: null, behindMs: null },
      traffic:
        known.length === 0
          ? (minutes.find((each) => typeof each === 'string') ?? null)
          : together(known.map((each) => each.minutes)),
      troubles: troubles(parts),
      unread: unread(parts),
      cost: costOf(regions.reduce((sum, { metrics }) => sum + metrics, 0)),
    };
    const happened = this.changes(picture);
    this.before = picture;
    return Promise.resolve({ picture, happened, lines: [] });
  }

  private failover(regions: readonly ReturnType<ReturnType<typeof openRegion>>[]) {
    const records = this.records.get();
    if (typeof records === 'string') return { checks: records, servedBy: '' as const };
    this.known = records;
    const observations = this.observations.get();
    if (typeof observations === 'string') return { checks: observations, servedBy: '' as const };
    const alarmState = (wanted: string, alarm: string) => {
      const { alarms } = regions.find(({ picture }) => picture.region === wanted)?.picture ?? {};
      return typeof alarms === 'object' ? alarms.find(({ name }) => name === alarm)?.state : undefined;
    };
    const checks = judgeChecks(records, { observations, alarmState });
    return { checks, servedBy: ledTo(records, checks) };
  }

  private changes(picture: Look['picture']): readonly Happening[] {
    const { before } = this;
    if (before === undefined) return [];
    const at = Date.now();
    // Where those are who keep an old answer of DNS, nobody knows.
    const told = happenings(before, picture, at).filter(({ kind }) => kind !== 'callers');
    if (typeof before.healthChecks === 'string' || typeof picture.healthChecks === 'string') return told;
    const was = new Map(before.healthChecks.map(({ id, healthy }) => [id, healthy]));
    const { resolvesTo: to } = picture.failover;
    return [
      ...picture.healthChecks
        .filter(({ id, healthy }) => was.has(id) && was.get(id) !== healthy)
        .map(({ name, healthy, reason }) => ({ kind: 'check', at, name, healthy, reason }) as const),
      ...(to === before.failover.resolvesTo ? [] : [{ kind: 'dns', at, to } as const]),
      ...told,
    ];
  }
}

/** @returns what is known of a region now */
function openRegion({ config, regions, now }: Account, role: Role) {
  const { region, appConfig, cloudWatch, dynamoDb } = regions[role];
  const place = {
    project: config.project,
    region,
    otherRegion: regions[role === 'primary' ? 'secondary' : 'primary'].region,
  };
  const [watch, configurations] = [
    new CloudWatchClient({ ...CLIENT, ...cloudWatch }),
    new AppConfigClient({ ...CLIENT, ...appConfig }),
  ];
  const circuitAdmin = new CircuitAdmin(circuitTableName(config.project), dynamoDb);
  const circuits = new Reading(
    async () => (await circuitAdmin.list()).filter(({ phase }) => phase !== 'closed'),
    SOON_MS,
  );
  const alarms = new Reading(() => readAlarms(watch, config.project), SOON_MS);
  let store: ModelConfigStore | undefined;
  const deployed = new Reading(async () => {
    store ??= await ModelConfigStore.open(configurations, region, config);
    return readable(await store.newest());
  }, MINUTE_MS);
  let rules: RegionPicture['rules'] = [];
  const traffic = new Reading(() => readTraffic(watch, rules, place, now()), MINUTE_MS);
  return () => {
    const version = deployed.get();
    if (typeof version !== 'string') rules = rulesByType(version.config, region);
    // Which metrics there are follows from the rules: the first time, they are waited for.
    const metrics = version === NOT_YET ? NOT_YET : traffic.get();
    const picture: RegionPicture = {
      ...{ role, region, rules, circuits: circuits.get(), alarms: alarms.get() },
      configuration:
        typeof version === 'string'
          ? version
          : {
              deployed: { number: version.version, version: version.configurationVersion },
              answering: null,
            },
      ...(typeof metrics === 'string'
        ? { answers: metrics, canary: metrics, modelCalls: {} }
        : { answers: metrics.answers, canary: metrics.canary, modelCalls: metrics.byModel }),
    };
    return { picture, traffic: metrics, metrics: metricsOf(rules, place) };
  };
}

async function readAlarms(client: CloudWatchClient, project: string): Promise<readonly AlarmState[]> {
  const found: MetricAlarm[] = [];
  const request = { AlarmNamePrefix: `${project}-`, MaxRecords: 100 };
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, request))
    found.push(...MetricAlarms);
  return alarmsOf(project, found);
}

type AlarmState = Exclude<RegionPicture['alarms'], string>[number];

/** Those of this project's stacks, as they describe them: another environment's project begins with the same words. */
export const alarmsOf = (project: string, found: readonly MetricAlarm[]): readonly AlarmState[] =>
  found
    .filter(({ AlarmName = '', AlarmDescription = '' }) =>
      // docs/operate/alarms.md#no-model-answers
      AlarmDescription.endsWith(`#${AlarmName.slice(project.length + 1)}`),
    )
    .map(({ AlarmName: name = '', StateValue: state = '' }) => ({ name, state }));

const costOf = (metrics: number): string =>
  `Metrics are read once a minute, the rest every ${SOON_MS / 1_000} s, however many pages are open, and nothing while ` +
  `none is. CloudWatch takes about ${hourlyCost(metrics, MINUTE_MS).toFixed(3)} USD an hour for the ${metrics} metrics.`;

type Parts = Pick<Picture, 'failover' | 'evacuation' | 'healthChecks' | 'regions'>;

/** What is wrong as far as it is known. */
function troubles({ failover, evacuation, healthChecks, regions }: Parts): readonly string[] {
  const read = <T, Else>(part: T | string, otherwise: Else) => (typeof part === 'string' ? otherwise : part);
  return troublesOf({
    ...{ failover, faults: [], evacuation: read(evacuation, { evacuated: false }) },
    healthChecks: read(healthChecks, []),
    regions: regions.map(({ role, region, circuits, alarms }) => ({
      ...{ role, region, circuits: read(circuits, []), alarms: read(alarms, []) },
      // Single answers are not read there.
      ...{ configuration: { answering: null }, latest: [] },
    })),
  }).map(forAws);
}

/** What is not known, once for each reason. */
function unread({ evacuation, healthChecks, regions }: Parts): readonly string[] {
  const parts: readonly (readonly [string, unknown])[] = [
    ['health checks', healthChecks],
    ['the evacuation switch', evacuation],
    ...regions.flatMap(({ region, circuits, alarms, configuration, answers }) => [
      [`circuits of ${region}`, circuits] as const,
      [`alarms of ${region}`, alarms] as const,
      [`rules of ${region}`, configuration] as const,
      [`metrics of ${region}`, answers] as const,
    ]),
  ];
  const missing = parts.flatMap(([what, part]) => (typeof part === 'string' ? [{ what, why: part }] : []));
  return groupBy(missing, ({ why }) => why).map(
    (same) => `${same.map(({ what }) => what).join(', ')}: ${same[0].why}`,
  );
}

/** The commands that are told are those of a deployment. */
const forAws = (trouble: string): string =>
  trouble.replace(/^(npm run assistant -{2} .*)$/gm, '$1 --target aws');
