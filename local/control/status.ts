import { contentVersion } from '../../contract/model-config-version';
import type { FailoverName } from '../failover-name';
import type { CircuitReport } from '../circuits/circuit-admin';
import type { ActivitySnapshot } from '../region/activity';
import type { CircuitTableAccess, LocalRegion, Role } from '../region/local-region';
import { text } from '../terraform/values';

/** What `GET /status` answers. */
export interface Status {
  readonly failover: { readonly name: string; readonly servedBy: Role };
  readonly regions: Readonly<Record<string, RegionStatus>>;
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
  /** The circuits of the models that have failed within a day. */
  readonly circuits: readonly CircuitReport[];
  readonly circuitTable?: CircuitTableAccess;
  /** Calls that reached each model. */
  readonly modelCalls: Readonly<Record<string, number>>;
}

export async function readStatus(regions: readonly LocalRegion[], failover: FailoverName): Promise<Status> {
  const { role } = await failover.target();
  return {
    failover: { name: failoverName(regions), servedBy: role },
    regions: Object.fromEntries(
      await Promise.all(regions.map(async (region) => [region.role, await statusOf(region)] as const)),
    ),
  };
}

async function statusOf(region: LocalRegion): Promise<RegionStatus> {
  const { requests, answeredBy = null } = region.activity.snapshot();
  const { appConfig, bedrock } = region.services;
  const { version, content } = appConfig.current();
  const circuitTable = region.circuitTableAccess();
  return {
    region: region.stack.region,
    requests,
    configuration: { deployedVersion: version, deployed: contentVersion(content), answeredBy },
    circuits: (await region.circuitAdmin()?.list()) ?? [],
    ...(circuitTable && { circuitTable }),
    modelCalls: bedrock.calls().byModel,
  };
}

/** The name of the record that fails over. */
function failoverName(regions: readonly LocalRegion[]): string {
  const records = regions.flatMap(({ stack }) => stack.of('aws_route53_record'));
  const record = records.find(({ values }) => values.failover_routing_policy !== undefined);
  return record === undefined ? '' : text(record, 'name');
}
