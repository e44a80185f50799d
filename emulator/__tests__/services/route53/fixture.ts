import { setTimeout as delay } from 'node:timers/promises';
import { Alarms } from '../../../services/cloudwatch/alarms';
import { Metrics } from '../../../services/cloudwatch/metrics';
import { Checker } from '../../../services/route53/endpoint-monitor';
import { Route53, type Route53Options } from '../../../services/route53/route53';
import type { Resource } from '../../../stack/resource';
import { ManualClock } from '../../platform/manual-clock';

type Values = Readonly<Record<string, unknown>>;

export const REGIONS = ['us-east-1', 'us-west-2'] as const;
export type Region = (typeof REGIONS)[number];

export const NAME = 'assistant.example.com';
const ADDRESSES: Readonly<Record<string, string>> = {
  'us-east-1': '127.0.0.1',
  'us-west-2': '127.0.0.2',
};

export const resource = (type: string, name: string, values: Values): Resource => ({
  address: `${type}.${name}`,
  type,
  name,
  values,
});

export const healthCheck = (id: string, values: Values): Resource =>
  resource('aws_route53_health_check', id, { id, ...values });

export const endpointCheck = (id: string, fqdn: string, values: Values = {}): Resource =>
  healthCheck(id, {
    type: 'HTTPS',
    fqdn,
    port: 443,
    resource_path: '/health',
    request_interval: 10,
    failure_threshold: 3,
    ...values,
  });

export const alarmCheck = (id: string, region: string, values: Values = {}): Resource =>
  healthCheck(id, {
    type: 'CLOUDWATCH_METRIC',
    cloudwatch_alarm_name: 'degraded',
    cloudwatch_alarm_region: region,
    insufficient_data_health_status: 'LastKnownStatus',
    ...values,
  });

export const calculatedCheck = (id: string, children: readonly string[], threshold: number): Resource =>
  healthCheck(id, { type: 'CALCULATED', child_healthchecks: children, child_health_threshold: threshold });

export const domain = (region: string, name: string): Resource =>
  resource('aws_api_gateway_domain_name', `${name}_${region}`, {
    domain_name: name,
    regional_domain_name: targetOf(region, name),
    regional_zone_id: `Z${region}`,
  });

export const targetOf = (region: string, name: string) =>
  `d-${name.split('.').length}.execute-api.${region}.amazonaws.com`;

export const record = (region: string, name: string, values: Values = {}): Resource =>
  resource('aws_route53_record', `${name}_${region}`, {
    name,
    type: 'A',
    zone_id: 'Z123',
    alias: { name: targetOf(region, name), zone_id: `Z${region}`, evaluate_target_health: false },
    ...values,
  });

export const failoverRecord = (region: string, type: string, healthCheckId?: string): Resource =>
  record(region, NAME, {
    set_identifier: region,
    failover_routing_policy: [{ type }],
    ...(healthCheckId !== undefined && { health_check_id: healthCheckId }),
  });

/** A region's domains, its own name, and its failover record. */
export const region = (of: Region, type: string, healthCheckId?: string): Resource[] => [
  domain(of, NAME),
  domain(of, `${of}.${NAME}`),
  record(of, `${of}.${NAME}`),
  failoverRecord(of, type, healthCheckId),
];

const stackOf = (resources: readonly Resource[]) => ({
  of: (type: string) => resources.filter((each) => each.type === type),
});

/** The region's alarm on whether it answers without its models; one good or bad minute decides. */
const alarm = resource('aws_cloudwatch_metric_alarm', 'degraded', {
  alarm_name: 'degraded',
  namespace: 'Assistant',
  metric_name: 'degraded',
  statistic: 'Maximum',
  period: 60,
  evaluation_periods: 1,
  threshold: 1,
  comparison_operator: 'GreaterThanOrEqualToThreshold',
});

export function alarmsIn(clock: ManualClock) {
  return new Map<string, Alarms & { readonly metrics: Metrics }>(
    REGIONS.map((name) => {
      const metrics = new Metrics({ clock });
      return [name, Object.assign(new Alarms([alarm], { clock, metrics }), { metrics })] as const;
    }),
  );
}

export const route53 = (resources: readonly Resource[], options: Partial<Route53Options> = {}) =>
  new Route53({
    stacks: [stackOf(resources)],
    clock: new ManualClock(),
    alarms: new Map(),
    resolveEndpoint: () => ({ host: '127.0.0.1', port: 1 }),
    addressOf: (target) => ADDRESSES[target.split('.')[2] ?? ''],
    ...options,
  });

/** Probes are real requests, whatever the clock: lets a test wait for their results. */
export function watchProbes(lost: (checkerIndex: number) => boolean = () => false) {
  const observed = jest.spyOn(Checker.prototype, 'observe').mockClear();
  let asked = 0;
  return {
    /** The checkers' fault hook, which each probe calls once. */
    intercept: (index: number) => {
      asked += 1;
      return lost(index) ? ({ kind: 'reset' } as const) : undefined;
    },
    asked: () => asked,
    settled: async () => {
      while (observed.mock.calls.length < asked) await delay(1);
    },
  };
}
