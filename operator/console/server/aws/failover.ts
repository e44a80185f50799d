import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  ListResourceRecordSetsCommand,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { AssistantConfig } from '../../../../constructs/config/assistant-config';
import type { Role } from '../../picture';

/** A health check as it is configured; a path is not kept, since it holds the secret that keeps strangers from probing. */
export interface CheckSettings extends Pick<
  HealthCheckConfig,
  'Type' | 'Inverted' | 'Disabled' | 'HealthThreshold' | 'InsufficientDataHealthStatus'
> {
  readonly id: string;
  readonly name: string;
  readonly alarm?: { readonly region: string; readonly name: string };
  readonly children: readonly CheckSettings[];
}

/** The failover records' own checks, with those that they are calculated from. */
export type Records = Readonly<Partial<Record<Role, CheckSettings>>>;

interface CheckState {
  readonly id: string;
  readonly name: string;
  readonly healthy: boolean;
  readonly reason: string;
}

/** From one request to the next: Route 53 takes five a second of an account, whoever in it asks. */
const PACE_MS = 250;

/** Has a client's requests go one after the other, with time between them. */
export function pace(client: Route53Client): void {
  let turn: Promise<unknown> = Promise.resolve();
  client.middlewareStack.add(
    (next) => async (request) => {
      const mine = turn;
      turn = mine.then(() => sleep(PACE_MS));
      await mine;
      return next(request);
    },
    { step: 'initialize', name: 'pace' },
  );
}

/** @throws as Route 53 does */
export async function readRecords(
  client: Route53Client,
  { domain }: Pick<AssistantConfig, 'domain'>,
): Promise<Records> {
  const { ResourceRecordSets = [] } = await client.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: domain.hostedZoneId,
      StartRecordName: domain.failover,
      StartRecordType: 'A',
      MaxItems: 10,
    }),
  );
  const records = ResourceRecordSets.filter(
    ({ Name, Type }) => Name === `${domain.failover}.` && Type === 'A',
  );
  const checks = await Promise.all(
    records.flatMap(({ SetIdentifier: role, HealthCheckId: id }) =>
      (role === 'primary' || role === 'secondary') && id !== undefined
        ? [readCheck(client, id, role).then((check) => [role, check] as const)]
        : [],
    ),
  );
  return Object.fromEntries(checks);
}

async function readCheck(
  client: Route53Client,
  id: string,
  role: Role,
  child = false,
): Promise<CheckSettings> {
  const { HealthCheck } = await client.send(new GetHealthCheckCommand({ HealthCheckId: id }));
  const {
    ChildHealthChecks = [],
    AlarmIdentifier,
    ...config
  } = HealthCheck?.HealthCheckConfig ?? {
    Type: 'HTTPS',
  };
  const { Type, Inverted, Disabled, HealthThreshold, InsufficientDataHealthStatus } = config;
  const kind = Type === 'CLOUDWATCH_METRIC' ? 'models' : Inverted === true ? 'evacuation' : 'endpoint';
  return {
    ...{ id, Type, Inverted, Disabled, HealthThreshold, InsufficientDataHealthStatus },
    name: child || Type !== 'CALCULATED' ? `${role} ${kind}` : role,
    ...(AlarmIdentifier && {
      alarm: { region: AlarmIdentifier.Region ?? '', name: AlarmIdentifier.Name ?? '' },
    }),
    children: await Promise.all(ChildHealthChecks.map((each) => readCheck(client, each, role, true))),
  };
}

const allChecks = (records: Records): readonly CheckSettings[] =>
  Object.values(records).flatMap((check) => [check, ...check.children]);

/** What each of Route 53's checkers says of an endpoint. */
type Observations = readonly string[];

/** @throws as Route 53 does */
export async function readObservations(
  client: Route53Client,
  records: Records,
): Promise<ReadonlyMap<string, Observations>> {
  const found = new Map<string, Observations>();
  for (const { id, Type } of allChecks(records)) {
    // Of the others it has no status: they follow from alarms and children.
    if (Type === 'CALCULATED' || Type === 'CLOUDWATCH_METRIC') continue;
    const { HealthCheckObservations = [] } = await client.send(
      new GetHealthCheckStatusCommand({ HealthCheckId: id }),
    );
    found.set(
      id,
      HealthCheckObservations.map(({ StatusReport }) => StatusReport?.Status ?? ''),
    );
  }
  return found;
}

/**
 * More of the checkers have to call an endpoint healthy.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
 */
const HEALTHY_SHARE = 0.18;

export interface Observed {
  readonly observations: ReadonlyMap<string, Observations>;
  /** State of an alarm; undefined where it is not known. */
  readonly alarmState: (region: string, name: string) => string | undefined;
}

/**
 * Each check as Route 53 decides it, of what it tells. Its API has no status of calculated checks, nor, as far as is
 * known, of those that follow an alarm; that the checkers' word is told before it is inverted is assumed. Of each checker
 * it tells the latest result, where Route 53 waits for some in a row: a change is seen here somewhat earlier.
 */
export function judgeChecks(records: Records, observed: Observed): readonly CheckState[] {
  return Object.values(records).flatMap((check) => {
    const children = check.children.map((child) => judge(child, observed, []));
    return [judge(check, observed, children), ...children];
  });
}

function judge(
  { id, name, Inverted = false, Disabled = false, ...check }: CheckSettings,
  observed: Observed,
  children: readonly CheckState[],
): CheckState {
  if (Disabled) return { id, name, healthy: !Inverted, reason: 'it is disabled' };
  const { healthy, reason } = seen({ id, name, ...check }, observed, children);
  return { id, name, healthy: healthy !== Inverted, reason: Inverted ? `${reason}; inverted` : reason };
}

function seen(
  { id, Type, HealthThreshold = 0, alarm, InsufficientDataHealthStatus }: CheckSettings,
  { observations, alarmState }: Observed,
  children: readonly CheckState[],
): Pick<CheckState, 'healthy' | 'reason'> {
  if (Type === 'CALCULATED') {
    const healthy = children.filter((child) => child.healthy).length;
    return {
      healthy: healthy >= HealthThreshold,
      reason: `${healthy} of ${children.length} children healthy, ${HealthThreshold} are needed`,
    };
  }
  if (alarm !== undefined) {
    const state = alarmState(alarm.region, alarm.name);
    const isBad =
      state === 'ALARM' || (state === 'INSUFFICIENT_DATA' && InsufficientDataHealthStatus === 'Unhealthy');
    return { healthy: !isBad, reason: `the alarm ${alarm.name} is ${state ?? 'not known'}` };
  }
  const said = observations.get(id) ?? [];
  const good = said.filter((status) => status.startsWith('Success')).length;
  return {
    // A new check starts healthy.
    healthy: said.length === 0 || good / said.length > HEALTHY_SHARE,
    reason: `${good} of ${said.length} checkers reach it`,
  };
}

/** Where Route 53 leads who asks now: with both unhealthy, to the primary. A record without a check is healthy. */
export function ledTo(records: Records, states: readonly CheckState[]): Role | '' {
  const isHealthy = (check: CheckSettings | undefined) =>
    check === undefined || (states.find(({ id }) => id === check.id)?.healthy ?? true);
  if (records.primary === undefined && records.secondary === undefined) return '';
  return !isHealthy(records.primary) && isHealthy(records.secondary) ? 'secondary' : 'primary';
}
