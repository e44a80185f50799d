import fc from 'fast-check';
import { Alarms, RIPENING_MS } from '../../../services/cloudwatch/alarms';
import { Metrics, statisticOf } from '../../../services/cloudwatch/metrics';
import type { Resource } from '../../../stack/resource';
import { ManualClock } from '../../platform/manual-clock';

const MINUTE = 60_000;
const METRIC = {
  namespace: 'Assistant',
  name: 'degraded',
  dimensions: { service: 'assistant', region: 'r' },
};

const alarm = (values: Readonly<Record<string, unknown>> = {}, name = 'degraded'): Resource => ({
  address: `aws_cloudwatch_metric_alarm.${name}`,
  type: 'aws_cloudwatch_metric_alarm',
  name,
  values: {
    alarm_name: name,
    namespace: METRIC.namespace,
    metric_name: METRIC.name,
    dimensions: METRIC.dimensions,
    statistic: 'Sum',
    period: 60,
    evaluation_periods: 2,
    threshold: 3,
    comparison_operator: 'GreaterThanOrEqualToThreshold',
    ...values,
  },
});

function running(...resources: Resource[]) {
  const clock = new ManualClock();
  const rejected: string[] = [];
  const metrics = new Metrics({ clock, onRejected: (reason) => rejected.push(reason) });
  const alarms = new Alarms(resources, { clock, metrics });
  alarms.start();
  /** Puts the values, then lets a minute pass until its data are complete. */
  const minute = (...values: number[]) => {
    for (const value of values) metrics.put({ ...METRIC, value });
    clock.advance(MINUTE);
    return alarms.statusOf('degraded')?.state;
  };
  clock.advance(RIPENING_MS);
  return { clock, metrics, alarms, minute, rejected };
}

describe('an alarm', () => {
  it('has too little data at first, and is evaluated each minute, when its data are complete', () => {
    const { alarms, minute, clock } = running(alarm());
    expect(alarms.statusOf('degraded')?.state).toBe('INSUFFICIENT_DATA');
    expect(minute(1)).toBe('OK');
    const since = clock.now();
    expect(minute(1, 2)).toBe('OK');
    expect(alarms.status()).toEqual([{ name: 'degraded', state: 'OK', since }]);
    expect(minute(3)).toBe('ALARM');
    expect(minute(0)).toBe('OK');
  });

  it('does not see the data of a minute that is not over', () => {
    const { metrics, alarms, clock, minute } = running(alarm({ evaluation_periods: 1 }));
    minute(0);
    metrics.put({ ...METRIC, value: 9 });
    clock.advance(MINUTE - RIPENING_MS - 1);
    expect(alarms.statusOf('degraded')?.state).toBe('OK');
    clock.advance(RIPENING_MS + 1);
    expect(alarms.statusOf('degraded')?.state).toBe('ALARM');
  });

  it.each([
    ['Sum', 6, 'ALARM'],
    ['Sum', 7, 'OK'],
    ['Average', 2, 'ALARM'],
    ['Average', 3, 'OK'],
    ['Minimum', 1, 'ALARM'],
    ['Minimum', 2, 'OK'],
    ['Maximum', 3, 'ALARM'],
    ['Maximum', 4, 'OK'],
    ['SampleCount', 3, 'ALARM'],
    ['SampleCount', 4, 'OK'],
  ])('of %s 1, 2, 3 against a threshold of %d: %s', (statistic, threshold, expected) => {
    expect(running(alarm({ statistic, threshold, evaluation_periods: 1 })).minute(1, 2, 3)).toBe(expected);
  });

  it.each([
    ['p50', 49, 'ALARM'],
    ['p50', 52, 'OK'],
    ['p90', 89, 'ALARM'],
    ['p90', 92, 'OK'],
    ['p99.9', 98, 'ALARM'],
    ['p0', 1.1, 'OK'],
    ['p100', 98, 'ALARM'],
  ])('of %s of 1 to 100 against a threshold of %d: %s', (extended_statistic, threshold, expected) => {
    const { minute } = running(
      alarm({ statistic: undefined, extended_statistic, threshold, evaluation_periods: 1 }),
    );
    expect(minute(...Array.from({ length: 100 }, (_, index) => 100 - index))).toBe(expected);
  });

  it('has percentiles within a percent, of whatever size, also over several minutes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e9, noNaN: true })), {
          minLength: 1,
        }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const { metrics, clock } = running();
          const from = Math.floor(clock.now() / MINUTE) * MINUTE;
          for (const value of values) {
            metrics.put({ ...METRIC, value });
            clock.advance(MINUTE / 4);
          }
          const period = metrics.statistics(METRIC, from, clock.now() + MINUTE);
          const read = period && statisticOf(`p${percent}`)?.(period);
          const exact =
            values.toSorted((a, b) => a - b)[Math.ceil((percent / 100) * values.length) - 1] ?? -1;
          expect(Math.abs((read ?? -1) - exact)).toBeLessThanOrEqual(exact * 0.0101);
        },
      ),
    );
  });

  it.each([
    [{ extended_statistic: 'p99' }, 'has one of them'],
    [{ statistic: undefined, extended_statistic: 'tm99' }, 'only percentiles'],
    [{ statistic: undefined, extended_statistic: 'Sum' }, 'only percentiles'],
  ])('is refused with the statistics %j', (values, message) => {
    expect(() => running(alarm(values))).toThrow(message);
  });

  it.each([
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ])('%s 3', (comparison_operator, expected) => {
    const { minute } = running(alarm({ comparison_operator, evaluation_periods: 1 }));
    expect([2, 3, 4].map((value) => minute(value))).toEqual(expected);
  });

  it('with a period of two minutes looks at two minutes together', () => {
    const { minute } = running(alarm({ period: 120, evaluation_periods: 1 }));
    expect([minute(2), minute(1), minute(1)]).toEqual(['OK', 'ALARM', 'OK']);
  });

  it('has exactly its own dimensions', () => {
    const { metrics, alarms, clock } = running(alarm({ evaluation_periods: 1 }));
    metrics.put({ ...METRIC, dimensions: { service: 'assistant' }, value: 9 });
    clock.advance(MINUTE);
    expect(alarms.statusOf('degraded')?.state).toBe('INSUFFICIENT_DATA');
    metrics.put({ ...METRIC, dimensions: { region: 'r', service: 'assistant' }, value: 9 });
    clock.advance(MINUTE);
    expect(alarms.statusOf('degraded')?.state).toBe('ALARM');
  });

  it('takes the metrics that functions log', () => {
    const { metrics, alarms, clock, rejected } = running(alarm({ evaluation_periods: 1, dimensions: {} }));
    const logged = (Namespace: string) =>
      JSON.stringify({
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [{ Namespace, Dimensions: [[]], Metrics: [{ Name: 'degraded' }] }],
        },
        degraded: 5,
      });
    metrics.record(logged('AWS/Assistant'));
    metrics.record(logged('Assistant'));
    clock.advance(MINUTE);
    expect(alarms.statusOf('degraded')?.state).toBe('ALARM');
    expect(rejected).toEqual([expect.stringContaining('reserved')]);
  });

  it("on a service's own metric takes what that service publishes", () => {
    const own = { ...METRIC, namespace: 'AWS/Lambda', value: 5 };
    const { metrics, alarms, clock } = running(alarm({ namespace: 'AWS/Lambda', evaluation_periods: 1 }));
    expect(() => {
      metrics.put(own);
    }).toThrow('reserved');
    metrics.publish(own);
    clock.advance(MINUTE);
    expect(alarms.statusOf('degraded')?.state).toBe('ALARM');
  });

  it('is read by Route 53 without its M of N and its treatment of missing data', () => {
    const { alarms, minute } = running(
      alarm({ evaluation_periods: 3, datapoints_to_alarm: 1, treat_missing_data: 'breaching' }),
    );
    expect(minute()).toBe('ALARM');
    expect(alarms.dataStream('degraded')).toBe('INSUFFICIENT_DATA');
    minute(9);
    minute(9);
    expect(alarms.dataStream('degraded')).toBe('INSUFFICIENT_DATA');
    minute(9);
    expect(alarms.dataStream('degraded')).toBe('ALARM');
    expect(minute(0)).toBe('ALARM');
    expect(alarms.dataStream('degraded')).toBe('OK');
    expect(alarms.dataStream('other')).toBeUndefined();
  });

  it('on a metric of DynamoDB ignores missing data', () => {
    const { alarms, clock } = running(alarm({ namespace: 'AWS/DynamoDB', treat_missing_data: 'breaching' }));
    clock.advance(10 * MINUTE);
    expect(alarms.statusOf('degraded')?.state).toBe('INSUFFICIENT_DATA');
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['statistic', { statistic: 'p99' }],
    ['comparison_operator', { comparison_operator: 'GreaterThanUpperThreshold' }],
    ['period', { period: 10 }],
    ['period', { period: 90 }],
    ['evaluation_periods', { evaluation_periods: 1_441 }],
    ['evaluation_periods', { evaluation_periods: 0 }],
    ['datapoints_to_alarm', { datapoints_to_alarm: 3 }],
    ['treat_missing_data', { treat_missing_data: 'zero' }],
  ])('is refused for its %s: %j', (argument, values) => {
    expect(() => running(alarm(values))).toThrow(
      expect.objectContaining({
        name: 'UnsupportedError',
        address: `aws_cloudwatch_metric_alarm.degraded.${argument}`,
      }) as Error,
    );
  });

  it('shares its name with no other', () => {
    expect(() => running(alarm(), alarm())).toThrow('another');
  });
});
