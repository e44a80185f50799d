import type { Line } from '../../console/picture';
import { binned, requestsOf, withoutProject } from '../../console/page/requests';
import { timeline } from '../../console/page/timeline';
import { readLines } from '../../console/server/lines';

const line = (at: number, message: string, more: Partial<Line> = {}): Line => ({
  ...{ at, role: 'primary', from: 'primary-model', message, requestId: 'r1' },
  ...more,
});
const failure = { tier: 'primary', model: 'm1', failure: 'internal_error' };
const answer = { tier: 'primary', model: 'm1', stopReason: 'end_turn', inputTokens: 1, outputTokens: 2 };

describe('a request, as its functions’ logs tell it', () => {
  const FALLBACK = [
    line(1_100, 'model_call_failed', { ...failure, attempt: 1, durationMs: 100 }),
    line(1_300, 'tier_unanswered', { ...failure, durationMs: 300 }),
    line(1_900, 'answered', { ...answer, tier: 'fallback', model: 'm2', durationMs: 500, source: 'caller' }),
  ];

  it('has its way, each step by when it began', () => {
    const [request] = requestsOf(FALLBACK);
    expect(request).toMatchObject({
      from: 1_000,
      to: 1_900,
      outcome: 'fallback',
      model: 'm2',
      source: 'caller',
    });
    expect(request?.steps.map(({ at, ms, what, good }) => [at, ms, what, good])).toEqual([
      [1_000, 100, 'm1, attempt 1: internal error', false],
      [1_000, 300, 'The tier gave up: internal error', false],
      [1_400, 500, 'm2 answered (end_turn; 1 tokens in, 2 out)', true],
    ]);
  });

  it('has the id of its trace, where it was recorded', () => {
    const xray_trace_id = '1-67891233-abcdef012345678912345678';
    const logged = {
      message: 'answered',
      timestamp: new Date(5).toISOString(),
      requestId: 'r1',
      xray_trace_id,
    };
    const lines = readLines('primary', [{ sequence: 1, source: 'chat', line: JSON.stringify(logged) }]);
    expect(requestsOf(lines)[0]?.trace).toBe(xray_trace_id);
    expect(requestsOf(FALLBACK)[0]?.trace).toBeUndefined();
  });

  it.each([
    ['under way', FALLBACK.slice(0, 2)],
    ['primary', [line(5, 'answered', answer)]],
    ['degraded', [line(5, 'tier_unanswered', failure), line(6, 'degraded')]],
    ['refused', [line(5, 'request_refused', { status: 400, code: 'invalid_request' })]],
  ])('is %s', (outcome, lines) => {
    expect(requestsOf(lines)[0]?.outcome).toBe(outcome);
  });

  it('is one for each id and region, the newest first', () => {
    const lines = [
      line(1, 'answered'),
      line(3, 'answered', { requestId: 'r2' }),
      line(2, 'answered', { role: 'secondary' }),
    ];
    expect(requestsOf(lines).map(({ id, role }) => `${id} ${role}`)).toEqual([
      'r2 primary',
      'r1 secondary',
      'r1 primary',
    ]);
  });
});

it('counts answers of callers by stretches of time, with the median of what models took', () => {
  const lines = [
    line(1_000, 'answered', { ...answer, requestId: 'a', durationMs: 10 }),
    line(1_001, 'answered', { ...answer, requestId: 'b', durationMs: 30 }),
    line(1_002, 'answered', { ...answer, requestId: 'c', durationMs: 90 }),
    line(1_003, 'degraded', { requestId: 'd' }),
    line(1_004, 'answered', { ...answer, requestId: 'e', source: 'canary' }),
    line(2_000, 'answered', { ...answer, requestId: 'f' }),
  ];
  expect(binned(requestsOf(lines), { end: 2_000, binMs: 1_000, bins: 2 })).toEqual([
    { from: 0, counts: { primary: 0, fallback: 0, degraded: 0 }, medianMs: null },
    { from: 1_000, counts: { primary: 3, fallback: 0, degraded: 1 }, medianMs: 30 },
  ]);
});

it('tells what happened and where answers came from, the newest first', () => {
  const lines = [
    line(1, 'answered', { ...answer, requestId: 'a' }),
    line(2, 'answered', { ...answer, requestId: 'b' }),
    line(4, 'answered', { ...answer, requestId: 'c', tier: 'fallback' }),
    line(8, 'degraded', { requestId: 'd', role: 'secondary' }),
  ];
  const happened = [
    { kind: 'fault', at: 3, begins: true, what: 'primary: region down' },
    { kind: 'check', at: 5, name: 'endpoint', healthy: false, reason: 'no answer' },
    { kind: 'dns', at: 6, to: 'secondary' },
    { kind: 'callers', at: 7, to: 'secondary' },
  ] as const;
  const names = { primary: 'us-east-1', secondary: 'us-west-2' };
  expect(
    timeline(happened, requestsOf(lines), names).map(({ kind, tone, text }) => `${kind} ${tone} ${text}`),
  ).toEqual([
    'Answers bad In us-west-2, no model answers: callers get the maintenance message',
    'Callers plain Callers have moved to us-west-2',
    'DNS plain Route 53 leads new callers to us-west-2',
    'Check bad endpoint is unhealthy (no answer)',
    'Answers plain In us-east-1, the fallback model answers',
    'Fault bad Begins: primary: region down',
    'Answers good In us-east-1, the primary model answers',
  ]);
});

it('tells the page of requests’ lines alone, and of their known fields alone', () => {
  const log = (fields: object) => ({ sequence: 1, source: 'chat', line: JSON.stringify(fields) });
  const timestamp = '2026-11-26T13:19:30.001Z';
  expect(
    readLines('primary', [
      log({
        message: 'answered',
        timestamp,
        requestId: 'r1',
        tier: 'primary',
        Answers: 1,
        question: 'Secret?',
      }),
      log({ message: 'config_changed', timestamp }),
      log({ service: 'assistant', Retries: 1 }),
      { sequence: 2, source: 'chat', line: 'no JSON' },
    ]),
  ).toEqual([
    {
      at: Date.parse(timestamp),
      role: 'primary',
      from: 'chat',
      message: 'answered',
      requestId: 'r1',
      tier: 'primary',
    },
  ]);
});

describe('the name of an alarm', () => {
  it.each([
    ['shop', 'shop-canary-silent', 'canary-silent'],
    ['shop-staging', 'shop-staging-canary-silent', 'canary-silent'],
    ['shop', 'shopping-canary-silent', 'shopping-canary-silent'],
    [undefined, 'shop-canary-silent', 'shop-canary-silent'],
  ])('of the project %s is shown without it: %s as %s', (project, name, shown) => {
    expect(withoutProject(name, project)).toBe(shown);
  });
});
