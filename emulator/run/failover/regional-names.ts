import type { LocalRegion } from '../region/local-region';
import type { Role } from '../stacks';
import { text } from '../../stack/values';
import type { FailoverTarget } from './failover-name';

/** An A record carries no port: each region has a loopback address of its own. */
export const ADDRESSES: Readonly<Record<Role, string>> = { primary: '127.0.0.1', secondary: '127.0.0.2' };

/** Which region a name or an address stands for, read off both stacks. */
export interface RegionalNames {
  /** The name of the records that fail over. */
  readonly failoverName: string;
  readonly targets: ReadonlyMap<string, FailoverTarget>;
  /** @returns the loopback address behind an API Gateway regional name */
  readonly addressOf: (regionalDomainName: string) => string | undefined;
  /** @returns where a region's own name is served */
  readonly resolveEndpoint: (fqdn: string) => { readonly host: string; readonly port: number } | undefined;
}

/** @throws Error where the stacks have no failover record */
export function regionalNames(
  regions: readonly LocalRegion[],
  portOf: (role: Role) => number,
): RegionalNames {
  const records = regions.flatMap(({ stack }) => stack.of('aws_route53_record'));
  const failover = records.find(({ values }) => values.failover_routing_policy !== undefined);
  if (failover === undefined) throw new Error('The stacks have no record with a failover routing policy.');
  const failoverName = text(failover, 'name');
  const domains = regions.flatMap(({ role, stack }) =>
    stack.of('aws_api_gateway_domain_name').map((domain) => ({ role, domain })),
  );
  return {
    failoverName,
    // An answer of the DNS may outlive its region, whose port then refuses.
    targets: new Map(
      (['primary', 'secondary'] as const).map((role) => [ADDRESSES[role], { role, port: portOf(role) }]),
    ),
    addressOf: (name) => {
      const found = domains.find(({ domain }) => text(domain, 'regional_domain_name') === name);
      return found && ADDRESSES[found.role];
    },
    resolveEndpoint: (fqdn) => {
      const found = domains.find(
        ({ domain }) => text(domain, 'domain_name') === fqdn && fqdn !== failoverName,
      );
      return found && { host: '127.0.0.1', port: portOf(found.role) };
    },
  };
}
