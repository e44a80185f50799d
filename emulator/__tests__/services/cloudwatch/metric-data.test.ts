import { metricData } from '../../../services/cloudwatch/metric-data';
import { Metrics } from '../../../services/cloudwatch/metrics';
import { ManualClock } from '../../platform/manual-clock';

const MINUTE = 60_000;

/** Answers of two tiers in three minutes, of which the second has none. */
function answers() {
  const clock = new ManualClock();
  const metrics = new Metrics({ clock });
  const from = Math.floor(clock.now() / MINUTE) * MINUTE;
  const put = (tier: string, value: number, more = {}) => {
    metrics.put({ namespace: 'shop-1', name: 'Answers', dimensions: { service: 's', tier, ...more }, value });
  };
  put('primary', 1);
  put('primary', 3);
  put('fallback', 5);
  clock.advance(2 * MINUTE);
  put('primary', 7);
  put('primary', 9, { model: 'm' });
  return { metrics, from, to: from + 3 * MINUTE };
}

const primary = { namespace: 'shop-1', name: 'Answers', dimensions: { service: 's', tier: 'primary' } };
const searching = (terms: string, stat = 'Sum') =>
  `SEARCH('{"shop-1",service,tier} ${terms}', '${stat}', 60)`;

describe('metric data', () => {
  it.each([
    [
      'Sum',
      60,
      [
        [0, 4],
        [2, 7],
      ],
    ],
    [
      'Average',
      60,
      [
        [0, 2],
        [2, 7],
      ],
    ],
    [
      'SampleCount',
      60,
      [
        [0, 2],
        [2, 1],
      ],
    ],
    [
      'p100',
      60,
      [
        [0, 3],
        [2, 7],
      ],
    ],
  ])('of one metric are its %s in each period of %d s that has data', (stat, period, expected) => {
    const { metrics, from, to } = answers();
    const [result] = metricData(metrics, { from, to, queries: [{ id: 'a', metric: primary, stat, period }] });
    const points = result?.points.map(([at, value]) => [(at - from) / MINUTE, Math.round(value)]);
    expect(points).toEqual(expected);
  });

  it('of a search are all with just these dimensions and terms, by what they differ in', () => {
    const { metrics, from, to } = answers();
    const found = (expression: string) =>
      metricData(metrics, { from, to, queries: [{ id: 'e', period: 60, expression }] }).map(
        ({ label, points }) => [label, points.map(([, value]) => value)],
      );
    expect(found(searching('MetricName="Answers"'))).toEqual([
      ['primary', [4, 7]],
      ['fallback', [5]],
    ]);
    expect(found(searching('MetricName="Answers" tier="fallback"'))).toEqual([['s fallback', [5]]]);
    expect(found(searching('MetricName="Questions"'))).toEqual([]);
  });

  it.each([
    [{ stat: 'tm90', metric: primary }, 'statistic tm90 is not emulated'],
    [{ expression: 'm1 + m2' }, 'only SEARCH with exact terms'],
    [{ expression: searching('Answers') }, 'only SEARCH with exact terms'],
    [{}, 'neither a metric nor an expression'],
  ])('are refused for %j', (query, message) => {
    const { metrics, from, to } = answers();
    expect(() => metricData(metrics, { from, to, queries: [{ id: 'a', period: 60, ...query }] })).toThrow(
      message,
    );
  });
});
