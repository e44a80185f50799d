import { createLog } from '../../lambdas/adapters/log';
import { createMetrics } from '../../lambdas/adapters/metrics';
import {
  FUNCTION_THROTTLED,
  type DegradationEvent,
  type Source,
  type TierResult,
} from '../../contract/workflow';
import { degrade } from '../../lambdas/tier/degrade';
import { REACTIONS } from '../../lambdas/tier/reactions';

const unanswered = (reason: string, maintenanceMessage?: string): TierResult => ({
  payload: { unanswered: { reason, ...(maintenanceMessage && { maintenanceMessage }), secondsLeft: 1 } },
});
const throttled: TierResult = { Error: FUNCTION_THROTTLED };
const failed: TierResult = { Error: 'Lambda.Unknown' };

function degraded(primary: TierResult, fallback: TierResult, source: Source = 'caller') {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
  const degradation = {
    region: 'us-east-1',
    maintenanceMessage: 'Built in.',
    retryAfterSeconds: 30,
    log: createLog(write),
    metrics: createMetrics('assistant', write),
  };
  const event: DegradationEvent = { source, requestId: 'request-1', primary, fallback };
  const response = degrade(degradation, event);
  return { response, body: JSON.parse(response.body) as unknown, lines };
}

describe('the degraded answer', () => {
  it('says that no model answered, why, and when to ask again', () => {
    const { response, body } = degraded(unanswered('throttled'), unanswered('timeout', 'Back at noon.'));
    expect(response).toMatchObject({ status: 200, retryAfter: 30 });
    expect(body).toEqual({
      answer: 'Back at noon.',
      model: null,
      tier: 'degraded',
      degraded: true,
      region: 'us-east-1',
      requestId: 'request-1',
      stopReason: null,
      usage: { inputTokens: 0, outputTokens: 0 },
      reason: 'timeout',
    });
  });

  it.each([
    ['the fallback tier’s', unanswered('a', 'primary’s'), unanswered('b', 'fallback’s'), 'fallback’s'],
    ['the primary tier’s, if the other’s function failed', unanswered('a', 'primary’s'), failed, 'primary’s'],
    ['the one built in, if both functions failed', failed, failed, 'Built in.'],
  ])('has the message of %s', (_, primary, fallback, answer) => {
    expect(degraded(primary, fallback).body).toMatchObject({ answer });
  });

  it('gives a failed function as its reason', () => {
    expect(degraded(unanswered('throttled'), failed).body).toMatchObject({ reason: 'function_failed' });
  });

  it.each([
    ['caller', 'NoModelAnswer', 'CanaryUnanswered'],
    ['canary', 'CanaryUnanswered', 'NoModelAnswer'],
  ] as const)('to the %s counts as %s, and not as %s', (source, counted, other) => {
    const [line] = degraded(failed, failed, source).lines;
    expect(line).toMatchObject({ [counted]: 1 });
    expect(line).not.toHaveProperty(other);
  });

  it.each([
    ['the primary’s concurrency', throttled, unanswered('timeout')],
    ['the fallback’s concurrency', unanswered('timeout'), throttled],
    ['what both models give', unanswered('throttled'), unanswered('throttled')],
    ['what the primary model gives', unanswered('throttled'), unanswered('timeout')],
    ['the fallback model’s quota', unanswered('unavailable'), unanswered('quota_exceeded')],
  ])('to the canary counts for nothing, but is logged, where callers can have used up %s', (_, ...tiers) => {
    const [logged, counted] = degraded(...tiers, 'canary').lines;
    expect(logged).toMatchObject({ level: 'WARN', message: 'canary_not_asked', requestId: 'request-1' });
    expect(counted).toMatchObject({ FallbackReasons: 1, reason: 'canary_not_asked' });
    expect({ ...logged, ...counted }).not.toHaveProperty('CanaryUnanswered');
    expect(degraded(...tiers).lines[0]).toMatchObject({ NoModelAnswer: 1 });
  });

  it.each(Object.entries(REACTIONS))(
    'to the canary after %s counts unless its cause is load',
    (failure, { cause }) => {
      const [line] = degraded(unanswered(failure), unanswered(failure), 'canary').lines;
      expect('CanaryUnanswered' in (line ?? {})).toBe(cause !== 'load');
    },
  );

  it.each(Object.entries(REACTIONS))(
    'to a caller after %s by both models counts as one without a model, or as a question’s trouble where that alone can bring it about',
    (failure, { cause }) => {
      const [line = {}, ...others] = degraded(unanswered(failure), unanswered(failure)).lines;
      expect(line).toMatchObject({ Answers: 1 });
      expect('NoModelAnswer' in line).toBe(cause !== 'caller');
      expect(others).toMatchObject(cause === 'caller' ? [{ QuestionsNeedAttention: 1 }] : []);
      for (const other of [failed, unanswered('circuit_open'), unanswered('timeout')]) {
        for (const [primary, fallback] of [
          [other, unanswered(failure)],
          [unanswered(failure), other],
        ] as const)
          expect(degraded(primary, fallback).lines[0]).toMatchObject({ NoModelAnswer: 1 });
      }
    },
  );

  it('is counted in the one line that is logged of it', () => {
    const { lines } = degraded(unanswered('throttled'), failed);
    const { timestamp, _aws, ...fields } = lines[0] ?? {};
    expect(lines).toHaveLength(1);
    expect(timestamp).toEqual(expect.any(String));
    expect(fields).toEqual({
      level: 'WARN',
      message: 'degraded',
      requestId: 'request-1',
      primary: 'throttled',
      fallback: 'function_failed',
      service: 'assistant',
      tier: 'degraded',
      source: 'caller',
      NoModelAnswer: 1,
      Answers: 1,
    });
    expect(_aws).toMatchObject({
      CloudWatchMetrics: [{ Dimensions: [['service'], ['service', 'tier', 'source']] }],
    });
  });
});
