import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Route53HealthCheck } from '@cdktf/provider-aws/lib/route53-health-check';
import { Construct } from 'constructs';
import { PROBE_EVACUATION_PATH, PROBE_HEALTH_PATH } from '../../contract/probe';
import type { PartProps } from '../part-props';

export interface HealthChecksProps extends PartProps {
  /** Fed by the canary alone: what callers bring about moves no traffic. */
  readonly canaryUnanswered: CloudwatchMetricAlarm;
}

/**
 * What this region's failover record goes by.
 *
 * The secondary's is its endpoint alone: with a dead standby, a degraded primary keeps its callers; with a standby
 * whose models are down, too, it is no worse than the primary.
 */
export class HealthChecks extends Construct {
  readonly record: Route53HealthCheck;
  /** By what they say is well. */
  readonly all: Readonly<Record<string, Route53HealthCheck>>;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HealthChecksProps,
  ) {
    super(scope, id);
    const { role, config } = props;
    const endpoint = this.createEndpointCheck('endpoint', config.domain[role], PROBE_HEALTH_PATH);
    if (role === 'secondary') {
      this.record = endpoint;
      this.all = { endpoint };
      return;
    }
    const children = {
      endpoint,
      models: this.createModelsCheck(),
      'not evacuated': this.createEvacuationCheck(),
    };
    this.record = this.createPrimaryCheck(Object.values(children));
    this.all = { 'all of it': this.record, ...children };
  }

  /** Healthy while its endpoint serves, its models answer, and nobody has evacuated it. */
  private createPrimaryCheck(children: readonly Route53HealthCheck[]): Route53HealthCheck {
    const { provider, config } = this.props;
    return new Route53HealthCheck(this, 'default', {
      provider,
      type: 'CALCULATED',
      childHealthchecks: children.map(({ id }) => id),
      childHealthThreshold: children.length,
      tags: { Name: `${config.project} primary` },
    });
  }

  private createModelsCheck(): Route53HealthCheck {
    const { provider, config, region, canaryUnanswered: alarm } = this.props;
    return new Route53HealthCheck(this, 'models', {
      provider,
      type: 'CLOUDWATCH_METRIC',
      cloudwatchAlarmName: alarm.alarmName,
      cloudwatchAlarmRegion: region,
      // Without a canary nothing is known: stay where we are.
      insufficientDataHealthStatus: 'LastKnownStatus',
      // Route 53 copies the alarm's settings, and has to be told when they change.
      triggers: {
        alarm: JSON.stringify([
          alarm.metricNameInput,
          alarm.statisticInput,
          alarm.thresholdInput,
          alarm.evaluationPeriodsInput,
          alarm.periodInput,
        ]),
      },
      tags: { Name: `${config.project} primary models` },
    });
  }

  /**
   * Inverted: healthy while the standby does *not* say that the primary is evacuated, so that a dead standby
   * evacuates nothing. The standby is known by its literal name alone, and needs not exist yet.
   */
  private createEvacuationCheck(): Route53HealthCheck {
    const { domain } = this.props.config;
    return this.createEndpointCheck('evacuation', domain.secondary, PROBE_EVACUATION_PATH, {
      invertHealthcheck: true,
    });
  }

  private createEndpointCheck(id: string, fqdn: string, path: string, options = {}): Route53HealthCheck {
    const { provider, config, probeSecret } = this.props;
    return new Route53HealthCheck(this, id, {
      provider,
      type: 'HTTPS',
      // A region's own name: the failover name leads to whichever region is up.
      fqdn,
      port: 443,
      resourcePath: `/${probeSecret}${path}`,
      // Another interval is another check, and Route 53 deletes none that the calculated one still refers to.
      lifecycle: { createBeforeDestroy: true },
      requestInterval: config.healthCheck.intervalSeconds,
      failureThreshold: config.healthCheck.failureThreshold,
      tags: { Name: `${fqdn} ${id}` },
      ...options,
    });
  }
}
