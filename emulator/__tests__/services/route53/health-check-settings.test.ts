import type { Resource } from '../../../stack/resource';
import { ManualClock } from '../../platform/manual-clock';
import { alarmCheck, alarmsIn, calculatedCheck, endpointCheck, healthCheck, NAME, route53 } from './fixture';

describe('a health check is refused', () => {
  const children = (count: number) => Array.from({ length: count }, () => 'child');
  const child = endpointCheck('child', NAME);
  it.each<[string, Resource[]]>([
    ['type', [healthCheck('x', { type: 'TCP' })]],
    ['request_interval', [endpointCheck('x', NAME, { request_interval: 20 })]],
    ['failure_threshold', [endpointCheck('x', NAME, { failure_threshold: 11 })]],
    ['failure_threshold', [endpointCheck('x', NAME, { failure_threshold: 0 })]],
    ['search_string', [endpointCheck('x', NAME, { search_string: 'ok' })]],
    [
      'search_string',
      [endpointCheck('x', NAME, { type: 'HTTPS_STR_MATCH', search_string: 's'.repeat(256) })],
    ],
    ['resource_path', [endpointCheck('x', NAME, { resource_path: `/${'p'.repeat(255)}` })]],
    [
      'insufficient_data_health_status',
      [alarmCheck('x', 'us-east-1', { insufficient_data_health_status: 'Lost' })],
    ],
    ['child_health_threshold', [calculatedCheck('x', [], 257)]],
    ['child_healthchecks', [child, calculatedCheck('x', children(257), 1)]],
    ['child_healthchecks', [calculatedCheck('x', ['missing'], 1)]],
    [
      'child_healthchecks',
      [child, calculatedCheck('inner', ['child'], 1), calculatedCheck('x', ['inner'], 1)],
    ],
  ])('for its %s', (argument, resources) => {
    expect(() => route53(resources, { alarms: alarmsIn(new ManualClock()) })).toThrow(
      expect.objectContaining({
        name: 'UnsupportedError',
        address: `aws_route53_health_check.x.${argument}`,
      }) as Error,
    );
  });

  it('for an alarm that there is not', () => {
    expect(() => route53([alarmCheck('x', 'us-east-1')])).toThrow('no alarm "degraded" in us-east-1');
  });
});
