import { type Resource, UnsupportedError } from '../../stack/resource';
import { block, flag, optionalBlock, optionalText, text } from '../../stack/values';

/** An A record that is an alias of an API Gateway domain. */
export interface AddressRecord extends Candidate {
  readonly address: string;
  /** In lower case, without the final dot. */
  readonly name: string;
  readonly setIdentifier: string | undefined;
  /** API Gateway's regional name, e.g. `d-abc.execute-api.us-east-1.amazonaws.com`. */
  readonly target: string;
}

/** The validation records of certificates are CNAMEs: they have names in the zone, but no answers here. */
const WITHOUT_ANSWER = 'CNAME';

/** All records of one name. */
export type AddressRecords = readonly [AddressRecord, ...AddressRecord[]];

/** A domain name as it is compared: case and the final dot make no difference. */
export const normalName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/**
 * Reads the A records of both stacks, by name.
 * @param records the resources of type `aws_route53_record`
 * @param domains the resources of type `aws_api_gateway_domain_name`, the only targets emulated
 * @throws UnsupportedError for what Route 53 refuses or the local run does not emulate
 */
export function addressRecords(
  records: readonly Resource[],
  domains: readonly Resource[],
): ReadonlyMap<string, AddressRecords> {
  const byName = new Map<string, AddressRecords>();
  for (const resource of records) {
    const type = text(resource, 'type');
    if (type === WITHOUT_ANSWER) continue;
    if (type !== 'A') throw new UnsupportedError(`${resource.address}.type`, `${type} is not emulated`);
    const record = addressRecord(resource, domains);
    const others = byName.get(record.name) ?? [];
    for (const other of others) checkTogether(other, record);
    byName.set(record.name, [...others, record] as unknown as AddressRecords);
  }
  return byName;
}

function addressRecord(resource: Resource, domains: readonly Resource[]): AddressRecord {
  const policy = optionalBlock(resource, 'failover_routing_policy');
  const setIdentifier = optionalText(resource, 'set_identifier');
  if ((policy === undefined) !== (setIdentifier === undefined)) {
    throw new UnsupportedError(
      `${resource.address}.set_identifier`,
      'goes with a failover_routing_policy, and with that alone',
    );
  }
  const failover = policy && text(policy, 'type');
  if (failover !== undefined && failover !== 'PRIMARY' && failover !== 'SECONDARY') {
    throw new UnsupportedError(
      `${resource.address}.failover_routing_policy.type`,
      'must be PRIMARY or SECONDARY',
    );
  }
  return {
    address: resource.address,
    name: normalName(text(resource, 'name')),
    failover,
    setIdentifier,
    healthCheckId: optionalText(resource, 'health_check_id'),
    target: aliasTarget(resource, domains),
  };
}

function aliasTarget(resource: Resource, domains: readonly Resource[]): string {
  if (optionalBlock(resource, 'alias') === undefined) {
    throw new UnsupportedError(resource.address, 'only A records that are aliases are emulated');
  }
  const alias = block(resource, 'alias');
  if (flag(alias, 'evaluate_target_health')) {
    throw new UnsupportedError(
      `${alias.address}.evaluate_target_health`,
      'only false is emulated: for API Gateway it brings nothing',
    );
  }
  const target = text(alias, 'name');
  const domain = domains.find((of) => normalName(text(of, 'regional_domain_name')) === normalName(target));
  if (domain === undefined) {
    throw new UnsupportedError(
      `${alias.address}.name`,
      `"${target}" is no regional name of an API Gateway domain`,
    );
  }
  if (text(domain, 'regional_zone_id') !== text(alias, 'zone_id')) {
    throw new UnsupportedError(
      `${alias.address}.zone_id`,
      `is not the zone of "${target}": Route 53 refuses it`,
    );
  }
  // API Gateway answers by the Host header, so a name that it does not know is forbidden to callers.
  if (normalName(text(domain, 'domain_name')) !== normalName(text(resource, 'name'))) {
    throw new UnsupportedError(
      `${alias.address}.name`,
      `belongs to the domain "${text(domain, 'domain_name')}"`,
    );
  }
  return target;
}

/** Records of one name and type must have one policy, and differ in identifier and failover type. */
function checkTogether(a: AddressRecord, b: AddressRecord): void {
  const refuse = (what: string) => {
    throw new UnsupportedError(b.address, `${what} of "${b.name}" (${a.address}): Route 53 refuses it`);
  };
  if (a.failover === undefined || b.failover === undefined) refuse('a second record beside a simple one');
  if (a.setIdentifier === b.setIdentifier)
    refuse(`the set_identifier "${b.setIdentifier ?? ''}" of another record`);
  if (a.failover === b.failover) refuse(`a second ${b.failover ?? ''} record`);
}

/** A record among those of its name and type. */
export interface Candidate {
  /** undefined for a record that stands alone. */
  readonly failover: 'PRIMARY' | 'SECONDARY' | undefined;
  /** Without one, the record counts as healthy. */
  readonly healthCheckId: string | undefined;
}

/**
 * The record that Route 53 answers with. With both unhealthy it is the primary: as if both were healthy.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 *
 * @param records of one name and type, at least one
 */
export function select<T extends Candidate>(
  records: readonly [T, ...T[]],
  isHealthy: (healthCheckId: string) => boolean,
): T {
  const primaryFirst = [...records].sort(
    (a, b) => Number(b.failover === 'PRIMARY') - Number(a.failover === 'PRIMARY'),
  );
  const healthy = primaryFirst.find(
    ({ healthCheckId }) => healthCheckId === undefined || isHealthy(healthCheckId),
  );
  return healthy ?? primaryFirst[0] ?? records[0];
}
