import * as fc from 'fast-check';
import { embeddedMetrics } from '../../../services/cloudwatch/embedded-metric-format';

const NOW = 1_800_000_000_000;

const line = (directive: object = {}, root: object = {}, timestamp: unknown = NOW) =>
  JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        { Namespace: 'Assistant', Dimensions: [['service']], Metrics: [{ Name: 'answered' }], ...directive },
      ],
    },
    service: 'assistant',
    answered: 1,
    ...root,
  });

describe('a line in the embedded metric format', () => {
  it('gives each metric for each set of dimensions', () => {
    const Metrics = [
      { Name: 'answered', Unit: 'Count' },
      { Name: 'latency', Unit: 'Milliseconds', StorageResolution: 60 },
    ];
    const text = line(
      { Dimensions: [['service'], ['service', 'tier'], []], Metrics },
      { tier: 'primary', latency: [120, 80] },
    );
    const data = embeddedMetrics(text, NOW);
    expect(data).toHaveLength(9);
    expect(data[4]).toEqual({
      namespace: 'Assistant',
      name: 'latency',
      dimensions: { service: 'assistant', tier: 'primary' },
      value: 120,
      unit: 'Milliseconds',
    });
    expect(data.at(-1)?.dimensions).toEqual({});
  });

  it('may follow what Lambda writes in front of a line', () => {
    expect(embeddedMetrics(`2026-11-22T10:00:00.000Z\tid\tINFO\t${line()}`, NOW)).toHaveLength(1);
  });

  it('survives the way through JSON, whatever it holds', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,30}$/).filter((text) => text !== 'service');
    const values = fc.array(fc.integer(), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(name, fc.stringMatching(/^[!-~]{1,40}$/), values, (metric, service, numbers) => {
        const data = embeddedMetrics(
          line({ Metrics: [{ Name: metric }] }, { service, [metric]: numbers }),
          NOW,
        );
        expect(data.map(({ value }) => value)).toEqual(numbers);
        expect(
          data.every(({ name: of, dimensions }) => of === metric && dimensions.service === service),
        ).toBe(true);
      }),
    );
  });

  it.each<[string, string]>([
    ['a second dimension that is no member', line({ Dimensions: [['service', 'tier']] })],
    ['a dimension that is no text', line({}, { service: 7 })],
    ['no set of dimensions', line({ Dimensions: [] })],
    ['31 dimensions', line({ Dimensions: [keys(31)] }, members(31, 'x'))],
    ['a metric that is no member', line({ Metrics: [{ Name: 'failed' }] })],
    ['a metric that is no number', line({}, { answered: '1' })],
    ['a metric of 101 values', line({}, { answered: Array.from({ length: 101 }, () => 1) })],
    ['a metric without values', line({}, { answered: [] })],
    ['101 metrics', line({ Metrics: keys(101).map((Name) => ({ Name })) }, members(101, 1))],
    ['a unit that CloudWatch does not know', line({ Metrics: [{ Name: 'answered', Unit: 'Answers' }] })],
    ['high resolution', line({ Metrics: [{ Name: 'answered', StorageResolution: 1 }] })],
    ["a service's namespace", line({ Namespace: 'AWS/Lambda' })],
    ['a namespace of 256 characters', line({ Namespace: 'n'.repeat(256) })],
    ['a dimension of 1,025 characters', line({}, { service: 'x'.repeat(1_025) })],
    ['no timestamp', line({}, {}, null)],
    ['a timestamp of over two weeks ago', line({}, {}, NOW - 14 * 86_400_000 - 1)],
    ['a timestamp of over two hours ahead', line({}, {}, NOW + 2 * 3_600_000 + 1)],
    ['more than a mebibyte', line({}, { text: 'x'.repeat(1_048_576) })],
  ])('gives no metrics with %s', (_, text) => {
    expect(() => embeddedMetrics(text, NOW)).toThrow(
      expect.objectContaining({ name: 'InvalidDatumError' }) as Error,
    );
  });

  it.each([
    ['30 dimensions', line({ Dimensions: [keys(30)] }, members(30, 'x')), 1],
    ['100 metrics', line({ Metrics: keys(100).map((Name) => ({ Name })) }, members(100, 1)), 100],
    ['100 values', line({}, { answered: Array.from({ length: 100 }, () => 1) }), 100],
  ])('may have %s', (_, text, count) => {
    expect(embeddedMetrics(text, NOW)).toHaveLength(count);
  });
});

describe('a line in another format', () => {
  it.each([
    '',
    'START RequestId: 1',
    '{"message":"answered"}',
    '{"CloudWatchMetrics":',
    '{"CloudWatchMetrics":[]}',
  ])('has no metrics: %s', (text) => {
    expect(embeddedMetrics(text, NOW)).toEqual([]);
  });
});

function keys(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `k${index}`);
}

function members<T>(count: number, value: T): Record<string, T> {
  return Object.fromEntries(keys(count).map((key) => [key, value]));
}
