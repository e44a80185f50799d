import { Route53HealthCheck } from '@cdktf/provider-aws/lib/route53-health-check';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Construct } from 'constructs';
import type { PartProps } from '../part-props';
import type { CustomDomain } from './custom-domain';

export interface FailoverProps extends PartProps {
  readonly regionalDomain: CustomDomain;
  readonly failoverDomain: CustomDomain;
}

/** This region's share of the failover: its own name, a health check on it, and its failover record. */
export class Failover extends Construct {
  readonly healthCheck: Route53HealthCheck;

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
    this.healthCheck = new Route53HealthCheck(this, 'health_check', {
      provider,
      type: 'HTTPS',
      // The region's own name: the failover name leads to whichever region is up.
      fqdn: regionalDomain.domainName,
      port: 443,
      resourcePath: '/health',
      requestInterval: config.healthCheck.intervalSeconds,
      failureThreshold: config.healthCheck.failureThreshold,
      tags: { Name: regionalDomain.domainName },
    });
    new Route53Record(this, 'record', {
      provider,
      zoneId,
      name: failoverDomain.domainName,
      type: 'A',
      setIdentifier: role,
      failoverRoutingPolicy: { type: role === 'primary' ? 'PRIMARY' : 'SECONDARY' },
      healthCheckId: this.healthCheck.id,
      alias: failoverDomain.aliasTarget,
    });
  }
}
