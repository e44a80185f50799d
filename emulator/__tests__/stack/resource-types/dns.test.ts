import { HealthChecks } from '../../../services/route53/health-checks';
import { addressRecords } from '../../../services/route53/address-records';
import { read } from '../fixture';
import { ManualClock } from '../../platform/manual-clock';
import { alarmsIn } from '../../services/route53/fixture';

describe('a synthesized stack', () => {
  const stack = read({
    resource: {
      aws_api_gateway_domain_name: {
        domain: { domain_name: 'a.example.com', endpoint_configuration: { types: ['REGIONAL'] } },
      },
      aws_cloudwatch_metric_alarm: { alarm: { alarm_name: 'degraded', alarm_actions: [], tags: {} } },
      aws_route53_health_check: {
        endpoint: { type: 'HTTPS', fqdn: 'a.example.com', request_interval: 10, tags: { Name: 'endpoint' } },
        models: {
          type: 'CLOUDWATCH_METRIC',
          cloudwatch_alarm_name: '${aws_cloudwatch_metric_alarm.alarm.alarm_name}',
          cloudwatch_alarm_region: 'us-east-1',
          insufficient_data_health_status: 'LastKnownStatus',
          triggers: { threshold: '1' },
        },
        region: {
          type: 'CALCULATED',
          child_health_threshold: 2,
          child_healthchecks: [
            '${aws_route53_health_check.endpoint.id}',
            '${aws_route53_health_check.models.id}',
          ],
        },
      },
      aws_route53_record: {
        record: {
          zone_id: 'Z123',
          name: 'a.example.com',
          type: 'A',
          alias: {
            name: '${aws_api_gateway_domain_name.domain.regional_domain_name}',
            zone_id: '${aws_api_gateway_domain_name.domain.regional_zone_id}',
            evaluate_target_health: false,
          },
          failover_routing_policy: { type: 'PRIMARY' },
          set_identifier: 'primary',
          health_check_id: '${aws_route53_health_check.region.id}',
        },
      },
    },
  });

  it('gives Route 53 its health checks and records', () => {
    const clock = new ManualClock();
    const checks = new HealthChecks(stack.of('aws_route53_health_check'), {
      clock,
      alarms: alarmsIn(clock),
      resolveEndpoint: () => ({ host: '127.0.0.1', port: 1 }),
      onChange: () => undefined,
    });
    expect(checks.status().map(({ name, type }) => [name, type])).toEqual([
      ['endpoint', 'HTTPS'],
      ['models', 'CLOUDWATCH_METRIC'],
      ['region', 'CALCULATED'],
    ]);
    const records = addressRecords(stack.of('aws_route53_record'), stack.of('aws_api_gateway_domain_name'));
    const [record] = records.get('a.example.com') ?? [];
    expect(record).toMatchObject({ failover: 'PRIMARY', setIdentifier: 'primary' });
    expect(checks.has(record?.healthCheckId ?? '')).toBe(true);
  });

  it('counts its health checks, records and alarms as emulated', () => {
    expect([...stack.notEmulated.keys()]).toEqual([]);
  });

  it.each([
    ['aws_route53_record', { weighted_routing_policy: { weight: 1 } }],
    ['aws_route53_health_check', { routing_control_arn: 'arn' }],
    ['aws_cloudwatch_metric_alarm', { metric_query: [{ id: 'e1' }] }],
  ])('is refused for an argument of %s that is not emulated: %j', (type, argument) => {
    expect(() => read({ resource: { [type]: { x: argument } } })).toThrow(
      `${type}.x.${Object.keys(argument).join()}`,
    );
  });
});
