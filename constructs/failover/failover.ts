import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';
import type { PartProps } from '../part-props';
import type { CustomDomain } from './custom-domain';
import { HealthChecks, type HealthChecksProps } from './health-checks';

export interface FailoverProps extends PartProps, HealthChecksProps {
  readonly regionalDomain: CustomDomain;
  readonly failoverDomain: CustomDomain;
}

/** This region's share of the failover: its own name, its health checks, and its failover record. */
export class Failover extends Construct {
  readonly healthChecks: HealthChecks;

  constructor(scope: Construct, id: string, props: FailoverProps) {
    super(scope, id);
    const { config, role, provider, regionalDomain, failoverDomain } = props;
    const zoneId = config.domain.hostedZoneId;
    this.checkZone(props);
    new Route53Record(this, 'regional_record', {
      provider,
      zoneId,
      name: regionalDomain.domainName,
      type: 'A',
      alias: regionalDomain.aliasTarget,
    });
    this.healthChecks = new HealthChecks(this, 'health', props);
    new Route53Record(this, 'record', {
      provider,
      zoneId,
      name: failoverDomain.domainName,
      type: 'A',
      setIdentifier: role,
      failoverRoutingPolicy: { type: role === 'primary' ? 'PRIMARY' : 'SECONDARY' },
      healthCheckId: this.healthChecks.record.id,
      alias: failoverDomain.aliasTarget,
    });
  }
  /** Route 53 appends the zone's name to one that lies outside of it, and its certificate would be waited for in vain. */
  private checkZone({ config, provider, regionalDomain, failoverDomain }: FailoverProps): void {
    const names = JSON.stringify([regionalDomain.domainName, failoverDomain.domainName]);
    const zone = 'trimsuffix(self.name, ".")';
    new DataAwsRoute53Zone(this, 'zone', {
      provider,
      zoneId: config.domain.hostedZoneId,
      lifecycle: {
        postcondition: [
          {
            condition: `\${!self.private_zone && alltrue([for name in ${names} : endswith(".\${name}", ".\${${zone}}")])}`,
            errorMessage:
              `The hosted zone ${config.domain.hostedZoneId} is \${self.private_zone ? "private" : ${zone}}: ` +
              `it has to be a public one with the names ${names.replaceAll('"', '')}. ` +
              'Set context.assistant.domain in cdktf.json.',
          },
        ],
      },
    });
  }
}
