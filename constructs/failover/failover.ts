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
}
