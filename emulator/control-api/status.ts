import { contentVersion } from '../../contract/model-config-version';
import type { FailoverName } from '../run/failover/failover-name';
import type { CircuitReport } from '../../operator/circuits/circuit-admin';
import type { ActivitySnapshot } from '../run/region/activity';
import type { Clock } from '../run/clock';
import type { AlarmStatus } from '../services/cloudwatch/alarms';
import type { LocalMlops } from '../run/mlops/local-mlops';
import type { MlopsAccess } from '../run/mlops/mlops-access';
import type { BedrockMode } from '../run/region/bedrock-mode';
import type { LocalRegion, Role } from '../run/region/local-region';
import type { OperatorAccess } from '../run/region/operator-access';
import type { Change, Route53 } from '../services/route53/route53';
import type { HealthCheckStatus } from '../services/route53/health-checks';

/** What `GET /status` answers. */
export interface Status {
  readonly failover: {
    readonly name: string;
    /** Where a caller who respects the answer's time to live is led now. */
    readonly servedBy: Role;
    /** Where Route 53 leads one who resolves the name now. */
    readonly resolvesTo: string;
  };
  /** Acted-out time, in epoch milliseconds, and how much faster than the machine's own it runs. */
  readonly clock: { readonly speed: number; readonly now: number };
  /** Who answers for the models. */
  readonly models: BedrockMode['kind'];
  readonly healthChecks: readonly HealthCheckStatus[];
  /** Changes of health and of answers, the oldest first; times are acted-out epoch milliseconds. */
  readonly history: readonly Change[];
  readonly regions: Readonly<Record<string, RegionStatus>>;
  /** What the fine-tuning commands need; null before the mlops stack runs. */
  readonly mlops: MlopsAccess | null;
}

export interface RegionStatus extends ActivitySnapshot {
  readonly region: string;
  readonly configuration: {
    /** AppConfig's version number of what is deployed. */
    readonly deployedVersion: number;
    /** Its content's version, as the functions log it. */
    readonly deployed: string;
    /** By which the latest answer was given; null before the first. */
    readonly answeredBy: ActivitySnapshot['answeredBy'] | null;
  };
  /** The circuits of the models that have failed within a day; null while their table cannot be read. */
  readonly circuits: readonly CircuitReport[] | null;
  /** What operators' commands need; null before the region runs. */
  readonly operator: OperatorAccess | null;
  readonly alarms: readonly AlarmStatus[];
  /** Calls that reached each model. */
  readonly modelCalls: Readonly<Record<string, number>>;
}

export interface StatusSources {
  readonly regions: readonly LocalRegion[];
  readonly mlops: LocalMlops;
  readonly failover: FailoverName;
  readonly route53: Route53;
  readonly clock: Clock;
  readonly bedrock: BedrockMode;
}

export async function readStatus({
  regions,
  mlops,
  failover,
  route53,
  clock,
  bedrock,
}: StatusSources): Promise<Status> {
  const { name } = failover;
  const { role } = await failover.target();
  return {
    failover: { name, servedBy: role, resolvesTo: route53.resolve(name).setIdentifier ?? name },
    clock: { speed: clock.speed, now: clock.now() },
    models: bedrock.kind,
    healthChecks: route53.status(),
    history: route53.history(),
    regions: Object.fromEntries(
      await Promise.all(regions.map(async (region) => [region.role, await statusOf(region)] as const)),
    ),
    mlops: mlops.access() ?? null,
  };
}

async function statusOf(region: LocalRegion): Promise<RegionStatus> {
  const { requests, answeredBy = null } = region.activity.snapshot();
  const { appConfig, bedrock } = region.services;
  const { version, content } = appConfig.current();
  return {
    region: region.stack.region,
    requests,
    configuration: { deployedVersion: version, deployed: contentVersion(content), answeredBy },
    circuits:
      (await region
        .circuitAdmin()
        ?.list()
        .catch(() => null)) ?? null,
    operator: region.operatorAccess() ?? null,
    alarms: region.alarms.status(),
    modelCalls: bedrock.calls().byModel,
  };
}
