import { Metrics } from '../../../services/cloudwatch/metrics';
import { ManualClock } from '../../platform/manual-clock';

const MINUTE = 60_000;
const METRIC = {
  namespace: 'Assistant',
  name: 'degraded',
  dimensions: { service: 'assistant', region: 'r' },
};

describe('metrics', () => {
  it('are kept for the day that alarms may look back', () => {
    const clock = new ManualClock();
    const metrics = new Metrics({ clock });
    const minute = clock.now();
    const known = () => metrics.statistics(METRIC, minute, minute + MINUTE)?.count;
    metrics.put({ ...METRIC, value: 1 });
    clock.advance(1_440 * MINUTE);
    metrics.put({ ...METRIC, value: 1 });
    expect(known()).toBe(1);
    clock.advance(2 * MINUTE);
    metrics.put({ ...METRIC, value: 1 });
    expect(known()).toBeUndefined();
  });
});

describe('a datum that PutMetricData refuses', () => {
  const metrics = new Metrics({ clock: new ManualClock() });
  it.each([
    ['an infinite value', { value: Infinity }],
    ['a value above 2^360', { value: 2 ** 361 }],
    ['an empty name', { name: '' }],
    ['a name of 256 characters', { name: 'n'.repeat(256) }],
    ['an empty dimension', { dimensions: { service: ' ' } }],
    ['a dimension that begins with a colon', { dimensions: { ':service': 'x' } }],
    ['a dimension beyond ASCII', { dimensions: { service: 'ö' } }],
    ['an unknown unit', { unit: 'Answers' }],
    ['an odd namespace', { namespace: 'a b?' }],
  ])('has %s', (_, part) => {
    expect(() => {
      metrics.put({ ...METRIC, value: 1, ...part });
    }).toThrow(expect.objectContaining({ name: 'InvalidDatumError' }) as Error);
  });
});
