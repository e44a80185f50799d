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
        metrics.countAttention('model');
      },
      {},
    ],
    [
      'QuestionsNeedAttention',
      (metrics) => {
        metrics.countAttention('questions');
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

  it('of each answer has its own time and values', () => {
    const from = { model: 'm', latencyMs: 7, usage: { inputTokens: 1, outputTokens: 2 } };
    const line = { level: 'INFO', message: 'answered', fields: { requestId: 'r' } } as const;
    jest.useFakeTimers({ now: 1_000 });
    const [first, second, other] = linesOf((metrics) => {
      metrics.countAnswer('primary', 'caller', line, from);
      jest.setSystemTime(2_000);
      metrics.countAnswer('primary', 'caller', line, { ...from, latencyMs: 9 });
      metrics.countAnswer('degraded', 'canary', line);
    });
    jest.useRealTimers();
    expect(first).toMatchObject({ ModelLatency: 7, Answers: 1, model: 'm', _aws: { Timestamp: 1_000 } });
    const { _aws } = first as { _aws: object };
    expect(second).toEqual({
      ...first,
      timestamp: new Date(2_000).toISOString(),
      ModelLatency: 9,
      _aws: { ..._aws, Timestamp: 2_000 },
    });
    expect(other).toMatchObject({ CanaryUnanswered: 1, tier: 'degraded', source: 'canary' });
    expect(other).not.toHaveProperty('model');
    expect(other).not.toHaveProperty('ModelLatency');
  });

  it('of each answer has its unit', () => {
    const from = { model: 'm', latencyMs: 7, deadlineUsed: 50, usage: { inputTokens: 1, outputTokens: 2 } };
    const line = { level: 'INFO', message: 'answered', fields: {} } as const;
    const lines = linesOf((metrics) => {
      metrics.countAnswer('primary', 'caller', line, from);
      metrics.countAnswer('degraded', 'canary', line);
    });
    const units = (...named: readonly (readonly [string, string])[]) => ({
      _aws: { CloudWatchMetrics: [{ Metrics: named.map(([Name, Unit]) => ({ Name, Unit })) }] },
    });
    expect(lines).toMatchObject([
      units(
        ['NoModelAnswer', 'Count'],
        ['Answers', 'Count'],
        ['ModelLatency', 'Milliseconds'],
        ['InputTokens', 'Count'],
        ['OutputTokens', 'Count'],
        ['DeadlineUsed', 'Percent'],
      ),
      units(['CanaryUnanswered', 'Count'], ['Answers', 'Count']),
    ]);
  });

  it('takes nothing over from the one before', () => {
    const lines = linesOf((metrics) => {
      metrics.countTransition('m', 'open');
      metrics.countAttention('model');
    });
    expect(lines[1]).not.toHaveProperty('model');
    expect(lines[1]).not.toHaveProperty('CircuitTransitions');
  });
});
