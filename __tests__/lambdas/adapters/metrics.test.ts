import { createMetrics } from '../../../lambdas/adapters/metrics';
import type { Metrics } from '../../../lambdas/tier/telemetry';

function linesOf(count: (metrics: Metrics) => void): readonly Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  count(createMetrics('assistant', (line) => lines.push(JSON.parse(line) as Record<string, unknown>)));
  return lines;
}

describe('a metric', () => {
  it.each<[string, (metrics: Metrics) => void, Record<string, string>]>([
    [
      'Retries',
      (metrics) => {
        metrics.countRetry('m');
      },
      { model: 'm' },
    ],
    [
      'FallbackReasons',
      (metrics) => {
        metrics.countFallback('primary', 'throttled');
      },
      { tier: 'primary', reason: 'throttled' },
    ],
    [
      'CircuitTransitions',
      (metrics) => {
        metrics.countTransition('m', 'open');
      },
      { model: 'm', to: 'open' },
    ],
    [
      'ModelNeedsAttention',
      (metrics) => {
        metrics.countAttention();
      },
      {},
    ],
  ])('%s is a line of its own, in CloudWatch’s embedded format', (name, count, dimensions) => {
    expect(linesOf(count)).toEqual([
      {
        service: 'assistant',
        ...dimensions,
        [name]: 1,
        _aws: {
          Timestamp: expect.any(Number) as number,
          CloudWatchMetrics: [
            {
              Namespace: 'assistant',
              Dimensions: [['service', ...Object.keys(dimensions)]],
              Metrics: [{ Name: name, Unit: 'Count' }],
            },
          ],
        },
      },
    ]);
  });

  it('takes nothing over from the one before', () => {
    const lines = linesOf((metrics) => {
      metrics.countTransition('m', 'open');
      metrics.countAttention();
    });
    expect(lines[1]).not.toHaveProperty('model');
    expect(lines[1]).not.toHaveProperty('CircuitTransitions');
  });
});
