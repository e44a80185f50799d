import { createHash } from 'node:crypto';
import type { FailoverName } from '../run/failover/failover-name';
import type { Clock } from '../platform/clock';
import type { AlarmStatus } from '../services/cloudwatch/alarms';
import type { LocalMlops } from '../run/mlops/local-mlops';
import type { AccountServices } from '../run/account-services';
import type { BedrockMode } from '../run/region/bedrock-mode';
import type { LocalRegion } from '../run/region/local-region';
import type { Role } from '../run/stacks';
import type { ServiceClient } from '../platform/policy/authorizer';
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
  /**
   * Emulated time, in epoch milliseconds, and how much faster than the machine's own it runs; and the time that the
   * models' lifecycle goes by.
   */
  readonly clock: { readonly speed: number; readonly now: number; readonly models: number };
  /** Who answers for the models. */
  readonly models: BedrockMode['kind'];
  readonly healthChecks: readonly HealthCheckStatus[];
  /** Changes of health and of answers, the oldest first; times are emulated epoch milliseconds. */
  readonly history: readonly Change[];
  /** Those that are deployed. */
  readonly regions: Readonly<Partial<Record<Role, RegionStatus>>>;
  /** null where there is no such stack. */
  readonly mlops: MlopsStatus | null;
}

export interface RegionStatus {
  readonly region: string;
  readonly clients: Readonly<Record<RegionService | 'cloudWatch', ServiceClient>>;
  /** The hosted configuration version that AppConfig serves, and its content's hash. */
  readonly appConfig: { readonly version: number; readonly sha256: string };
  readonly alarms: readonly AlarmStatus[];
  /** Calls that reached each model. */
  readonly modelCalls: Readonly<Record<string, number>>;
}

export type RegionService =
  | 'appConfig'
  | 'appConfigData'
  | 'bedrock'
  | 'bedrockRuntime'
  | 'dynamoDb'
  | 'iam'
  | 'serviceQuotas'
  | 'xray';

export interface MlopsStatus {
  readonly region: string;
  /** The stack's Terraform outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly clients: Readonly<Record<MlopsService, ServiceClient>>;
}

export type MlopsService = 's3' | 'bedrock' | 'sageMaker' | 'iam' | 'kms' | 'sts';

export interface StatusSources {
  readonly regions: readonly LocalRegion[];
  readonly mlops: LocalMlops | undefined;
  readonly account: AccountServices;
  readonly failover: FailoverName;
  readonly route53: Route53;
  readonly clock: Clock;
  readonly modelsNow: () => number;
  readonly bedrock: BedrockMode;
}

export async function readStatus({
  regions,
  mlops,
  account,
  failover,
  route53,
  clock,
  modelsNow,
  bedrock,
}: StatusSources): Promise<Status> {
  const { name } = failover;
  const { role } = await failover.target();
  return {
    failover: { name, servedBy: role, resolvesTo: route53.resolve(name).setIdentifier ?? name },
    clock: { speed: clock.speed, now: clock.now(), models: modelsNow() },
    models: bedrock.kind,
    healthChecks: route53.status(),
    history: route53.history(),
    regions: Object.fromEntries(regions.map((region) => [region.role, statusOf(region, account)] as const)),
    mlops: mlops?.status() ?? null,
  };
}

function statusOf(region: LocalRegion, account: AccountServices): RegionStatus {
  const { appConfig, bedrock } = region.services;
  const { version, content } = appConfig.current();
  return {
    region: region.stack.region,
    clients: { ...region.clients(), cloudWatch: account.cloudWatchClient(region.stack.region) },
    appConfig: { version, sha256: sha256(content) },
    alarms: region.alarms.status(),
    modelCalls: bedrock.calls().byModel,
  };
}

export const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
