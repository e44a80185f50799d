import { defaultModelConfig } from '../../contract/default-model-config';
import { circuitTableName } from '../../contract/circuit';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import { LAPTOP_PROBE_SECRET } from '../../contract/probe';
import type { FailureClass } from '../../contract/bedrock-failures';
import { STOP_REASONS, REACTIONS } from '../../lambdas/tier/reactions';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { shippedConfig } from '../support/synthesize';
import { startSystem, type RunningSystem, type WholeStatus } from '../support/local-system';

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA = 'us.amazon.nova-2-lite-v1:0';

/**
 * A test that opens a circuit has a request type and a primary model of its own, so that none has to wait until every
 * instance takes that circuit for closed again.
 */
const CLAUDES = [
  ...['sonnet-5-5', 'sonnet-5', 'opus-5-5', 'opus-5', 'opus-4-8', 'sonnet-4-6'],
  ...['sonnet-4-5-20250929-v1:0', 'haiku-4-5-20251001-v1:0'],
];
const NOVAS = ['micro', 'lite', 'pro'].map((size) => `amazon.nova-${size}-v1:0`);
const MODELS = [
  ...CLAUDES.flatMap((name) => [`us.anthropic.claude-${name}`, `global.anthropic.claude-${name}`]),
  ...NOVAS.flatMap((name) => [name, `us.${name}`]),
];
const unused = MODELS.values();
/** Named otherwise, they are others: of those that wait at the same time, each has a fallback of its own, too. */
const arnOf = (profile: string) => `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${profile}`;
const PAIRS = [NOVA, 'global.amazon.nova-2-lite-v1:0', ...NOVAS.map((name) => `us.${name}`)].map(
  (fallback, index) => ({
    model: arnOf(`us.anthropic.claude-${CLAUDES[index] ?? ''}`),
    fallback: arnOf(fallback),
  }),
);
const unusedPairs = PAIRS.values();
const typeOf = (model: string) => model.replace(/^.*\//, 'arn-').replace(/[^a-z0-9.-]/g, '-');

/** A tier's time outlasts the second that an instance may wait for its circuits. */
const BUDGET = { totalMs: 4_500, primaryMs: 2_000, reserveMs: 500 };
/** Failures that open a circuit, and requests by which they are counted even on a busy machine. */
const FAILURES = 2;
const MOST_REQUESTS = 5;

const HOUR_MS = 3_600_000;
const hourAgo = () => Math.floor((Date.now() - HOUR_MS) / 60_000) * 60_000;

/** By which functions look for new rules every three seconds; budgets and circuits keep to real time. */
const SPEED = 5;

let running: RunningSystem;
let circuits: CircuitAdmin;
beforeAll(async () => {
  const config: Partial<AssistantConfig> = {
    budget: BUDGET,
    circuit: {
      ...shippedConfig().circuit,
      failures: FAILURES,
      minimumCalls: 20,
      openSeconds: 60,
      maxOpenSeconds: 60,
    },
    // Its calls would be counted with the callers'.
    canary: { ...shippedConfig().canary, enabled: false },
    // Where Lambda is away, no authorizer lets anybody in: what comes behind it is seen without one.
    callers: { mode: 'none', public: true, keys: [] },
  };
  running = await startSystem(config, { kind: 'stand-in' }, { speed: SPEED, checkers: 1 });
  const { dynamoDb } = (await status()).regions.primary.clients;
  circuits = new CircuitAdmin(circuitTableName(shippedConfig().project), dynamoDb);
  // The fallback's context window is larger than the primary's, so that it takes over for a long input, too.
  const { general } = defaultModelConfig.types;
  const smaller = { ...general, primary: { ...general?.primary, contextTokens: 200_000 } };
  const others = [...MODELS.map((model) => ({ model, fallback: NOVA })), ...PAIRS].map(
    ({ model, fallback }) =>
      [
        typeOf(model),
        { ...general, primary: { modelId: model }, fallback: { ...general?.fallback, modelId: fallback } },
      ] as const,
  );
  const rules = { ...defaultModelConfig, types: { ...Object.fromEntries(others), general: smaller } };
  const put = await running.send('control', 'PUT', '/configuration?region=primary', JSON.stringify(rules));
  expect([put.status, put.body]).toEqual([200, expect.anything()]);
  const [first = ''] = MODELS;
  const isAnsweredByNewRules = async () => {
    const { body } = await running.ask({ question: 'Hi?', type: typeOf(first) }, 'primary');
    return body.model === first;
  };
  while (!(await isAnsweredByNewRules())) await new Promise((resolve) => setTimeout(resolve, 100));
  // For those that wait at the same time, instances of both tiers have started.
  const askAtOnce = () =>
    Promise.all(PAIRS.map(() => running.ask({ question: 'Hi?', type: 'general' }, 'primary')));
  await running.fault({ region: 'primary', mode: 'slow', ms: 500 });
  await askAtOnce();
  await fault({ mode: 'validation' });
  await askAtOnce();
  await running.send('control', 'DELETE', '/faults');
});
afterAll(async () => {
  circuits.close();
  await running.stop();
});
afterEach(async () => {
  await running.send('control', 'DELETE', '/faults');
});

const fault = async (values: object) => {
  const { status, body } = await running.send(
    'control',
    'POST',
    '/faults',
    JSON.stringify({ region: 'primary', target: 'bedrock', model: HAIKU, ...values }),
  );
  expect([status, body]).toEqual([201, expect.anything()]);
};
const status = async () => (await running.send('control', 'GET', '/status')).body as unknown as WholeStatus;
const callsOf = async (model: string) => (await status()).regions.primary.modelCalls[model] ?? 0;
const circuit = async (model: string) =>
  (await circuits.list()).find((candidate) => candidate.model === model);

/** A model whose circuit is untouched, and a question that it is the first to be asked. */
function untouched() {
  const { value: model, done } = unused.next();
  if (done === true) throw new Error('There are more tests that open circuits than models.');
  return { model, fallback: NOVA, question: { question: 'Hi?', type: typeOf(model) } };
}

/** The same, whose fallback no other test asks either. */
function untouchedPair() {
  const { value: pair, done } = unusedPairs.next();
  if (done === true) throw new Error('There are more tests that wait than pairs of models.');
  return { ...pair, question: { question: 'Hi?', type: typeOf(pair.model) } };
}

/** The fault that provokes each row of the table. */
const ROWS: readonly (readonly [FailureClass, object])[] = [
  ['throttled', { mode: 'throttle' }],
  ['unavailable', { mode: 'unavailable' }],
  ['internal_error', { mode: 'error' }],
  ['not_ready', { mode: 'not_ready' }],
  ['connection_failed', { mode: 'reset' }],
  ['connection_lost', { mode: 'reset_mid_body' }],
  ['connection_lost', { mode: 'stream_end' }],
  ['throttled', { mode: 'stream_throttle' }],
  ['timeout', { mode: 'timeout' }],
  ['timeout', { mode: 'drip' }],
  ['timeout', { mode: 'slow', ms: 5_000 }],
  ['model_timeout', { mode: 'model_timeout' }],
  ['model_error', { mode: 'model_error' }],
  ['invalid_response', { mode: 'malformed' }],
  ['invalid_response', { mode: 'html' }],
  ['no_answer', { mode: 'empty' }],
  ['no_answer', { mode: 'malformed_output' }],
  ['budget_spent', { mode: 'budget_spent' }],
  ['model_not_found', { mode: 'eol' }],
  ['access_denied', { mode: 'denied' }],
  ['wrong_throughput', { mode: 'wrong_throughput' }],
  ['misconfigured', { mode: 'unsupported_field' }],
  ['quota_exceeded', { mode: 'quota' }],
  ['request_rejected', { mode: 'validation' }],
  ['input_too_long', { mode: 'too_long' }],
  ['guardrail_throttled', { mode: 'guardrail_throttle' }],
  ['guardrail_unavailable', { mode: 'guardrail_unavailable' }],
  ['guardrail_misconfigured', { mode: 'guardrail_missing' }],
  ['guardrail_misconfigured', { mode: 'guardrail_denied' }],
  ['unknown', { mode: 'unknown' }],
];

/** Rows with tests of their own: a gap longer than this file's budgets, a time that is up, answers of filters, streams. */
const ELSEWHERE: readonly FailureClass[] = [
  ...(['stalled', 'unfinished', 'out_of_time', 'abandoned'] as const),
  ...(['content_filtered', 'guardrail_intervened'] as const),
];

describe('every row of the table of reactions, and the budget, through the running system', () => {
  it('is provoked', () => {
    const rows = new Set([...ROWS.map(([row]) => row), ...ELSEWHERE]);
    expect([...rows].sort()).toEqual(Object.keys(REACTIONS).sort());
  });

  const provoke = async (row: FailureClass, values: object, models = untouched()) => {
    const { model, fallback, question } = models;
    const { retries, alarms } = REACTIONS[row];
    const counts = REACTIONS[row].counts === 'bad';
    const [primaryBefore, fallbackBefore] = [await callsOf(model), await callsOf(fallback)];
    const logged = running.logs.length;
    await fault({ ...values, model });
    let requests = 0;
    const isOpen = async () => (await circuit(model))?.phase === 'open';
    do {
      requests += 1;
      expect((await running.ask(question, 'primary')).body.tier).toBe('fallback');
      // A busy machine may be late with a write, for which no request waits.
    } while (requests < MOST_REQUESTS && (requests < FAILURES || (counts && !(await isOpen()))));

    // By a connection that was idle for long, it is asked once more: lambdas/adapters/persistent-http.ts.
    const renewed = row === 'connection_failed' ? 1 : 0;
    const calledMore = (await callsOf(model)) - primaryBefore - requests * (1 + retries);
    expect([0, renewed]).toContain(calledMore);
    expect(await callsOf(fallback)).toBe(fallbackBefore + requests);
    expect(await isOpen()).toBe(counts);
    expect((await circuit(fallback))?.phase ?? 'closed').toBe('closed');
    const lines = running.logs
      .slice(logged)
      .filter((line) => line.includes('model_call_failed') && line.includes(`"model":"${model}"`));
    expect(lines).toHaveLength(requests * (1 + retries));
    for (const line of lines) expect(line).toContain(`"failure":"${row}"`);
    expect(lines.every((line) => line.includes('"level":"ERROR"'))).toBe(alarms);

    // Its circuit open, the model is not called again.
    if (!counts) return;
    const calls = await callsOf(model);
    expect((await running.ask(question, 'primary')).body.tier).toBe('fallback');
    expect(await callsOf(model)).toBe(calls);
  };

  const WAITING = ROWS.filter(([row]) => row === 'timeout');
  it.each(ROWS.filter((row) => !WAITING.includes(row)))('%s by %j', (row, values) =>
    provoke(
      row,
      values,
      REACTIONS[row].counts === 'bad'
        ? untouched()
        : { model: HAIKU, fallback: NOVA, question: { question: 'Hi?', type: 'general' } },
    ),
  );
  it.concurrent.each(WAITING)('%s by %j', (row, values) => provoke(row, values, untouchedPair()));

  it.concurrent('a budget holds when both models are silent, and the answer is honest', async () => {
    const { model, fallback, question } = untouchedPair();
    await fault({ mode: 'timeout', model });
    await fault({ mode: 'timeout', model: fallback });
    const began = Date.now();
    const { status: code, body } = await running.ask(question, 'primary');
    const took = Date.now() - began;
    expect([code, body.tier, body.reason]).toEqual([200, 'degraded', 'timeout']);
    expect(took).toBeGreaterThan(BUDGET.totalMs - BUDGET.reserveMs - 200);
  });
});

describe('a response that is complete', () => {
  it.each([
    ['truncated_answer', 'max_tokens'],
    ['filtered', 'content_filtered'],
    ['filter_refused', 'content_filtered'],
    ['guardrail', 'guardrail_intervened'],
  ])('with %s is returned, and says %s', async (mode, stopReason) => {
    await fault({ mode });
    const { status: code, body } = await running.ask({ question: 'Hi?' }, 'primary');
    expect([code, body.tier, body.stopReason]).toEqual([200, 'primary', stopReason]);
    expect(body.answer).not.toBe('');
    expect(STOP_REASONS[stopReason]).not.toBe('no_answer');
    expect((await circuit(HAIKU))?.failures ?? 0).toBe(0);
  });
});

describe('the budget', () => {
  it('honours Retry-After where it fits, else falls back at once', async () => {
    await fault({ mode: 'throttle', retryAfter: 60 });
    const before = await callsOf(HAIKU);
    expect((await running.ask({ question: 'Hi?' }, 'primary')).body.tier).toBe('fallback');
    expect(await callsOf(HAIKU)).toBe(before + 1);
  });

  it('a too long input for the larger model, too, is the caller’s to shorten', async () => {
    await fault({ mode: 'too_long' });
    await fault({ mode: 'too_long', model: NOVA });
    const { status: code, body } = await running.ask({ question: 'Hi?' }, 'primary');
    expect(code).toBe(400);
    expect(body.error).toMatchObject({ code: 'invalid_request', field: 'question' });
  });
});

describe('the circuits', () => {
  it('are on both tiers: with both open, the honest answer comes at once', async () => {
    const { model, fallback, question } = untouchedPair();
    for (const each of [model, fallback]) await circuits.force(each, 'open');
    const { body } = await running.ask(question, 'primary');
    expect([body.tier, body.reason]).toEqual(['degraded', 'circuit_open']);
    expect([await callsOf(model), await callsOf(fallback)]).toEqual([0, 0]);
    expect(await circuit(model)).toMatchObject({ phase: 'open', forced: true });
  });

  it.each([{ mode: 'slow', ms: 5_000 }, { mode: 'error' }, { mode: 'throttle' }, { mode: 'down' }])(
    'cost nobody an answer while their table answers with %j',
    async (values) => {
      await running.send(
        'control',
        'POST',
        '/faults',
        JSON.stringify({ region: 'both', target: 'dynamodb', ...values }),
      );
      // Nothing is known of its circuit.
      const { question } = untouched();
      for (let request = 0; request < 3; request += 1) {
        expect((await running.ask(question, 'primary')).body.tier).toBe('primary');
      }
    },
  );
});

describe('the last word', () => {
  const inject = (target: string, mode: string) =>
    running.send('control', 'POST', '/faults', JSON.stringify({ region: 'primary', target, mode }));

  it('is the degraded answer, counted, when not one function can run', async () => {
    await inject('lambda', 'down');
    const { status: code, headers, body } = await running.ask({ question: 'Hi?' }, 'primary');
    expect([code, body.tier, body.degraded, body.reason]).toEqual([
      200,
      'degraded',
      true,
      'degradation_failed',
    ]);
    expect(body.answer).toBe(defaultModelConfig.maintenanceMessage);
    expect(headers.get('retry-after')).toBe('30');
    const metrics = running.system.regions[0]?.metrics;
    const counted = [METRICS.lastResort, METRICS.noModelAnswer].map((name) => {
      const metric = { namespace: shippedConfig().project, name, dimensions: { service: METRIC_SERVICE } };
      return metrics?.statistics(metric, hourAgo(), hourAgo() + 2 * HOUR_MS)?.sum;
    });
    expect(counted[0]).toBe(1);
    expect(counted[1]).toBeGreaterThanOrEqual(1);
    expect((await running.send('primary', 'GET', '/health')).status).toBe(503);
  });

  it('is said, and moves nobody, when callers have taken all of the concurrency', async () => {
    await inject('lambda', 'throttle');
    expect((await running.ask({ question: 'Hi?' }, 'primary')).body).toMatchObject({ tier: 'degraded' });
    // What Route 53 asks, while people are told the truth.
    expect((await running.send('primary', 'GET', `/${LAPTOP_PROBE_SECRET}/health`)).status).toBe(200);
    expect((await running.send('primary', 'GET', '/health')).status).toBe(503);
  });

  it('is not that of the region’s health when callers’ surge is more than Step Functions takes', async () => {
    const probe = async () => (await running.send('primary', 'GET', `/${LAPTOP_PROBE_SECRET}/health`)).status;
    await inject('workflow', 'throttle');
    expect((await running.ask({ question: 'Hi?' }, 'primary')).status).toBe(503);
    expect(await probe()).toBe(200);
    await running.send('control', 'DELETE', '/faults');
    await inject('workflow', 'down');
    expect(await probe()).toBe(503);
  });

  it('is a mapped 503 when the state machine itself cannot be started', async () => {
    await inject('workflow', 'down');
    const { status: code, headers, body } = await running.ask({ question: 'Hi?' }, 'primary');
    expect(code).toBe(503);
    expect(headers.get('retry-after')).toBe('30');
    expect(body).toEqual({
      error: { code: 'service_unavailable', message: expect.any(String) as unknown },
      requestId: expect.any(String) as unknown,
    });
  });

  it.each(['down', 'error', 'slow'])('is a model’s as ever while AppConfig is away: %s', async (mode) => {
    await inject('appconfig', mode);
    expect((await running.ask({ question: 'Hi?' }, 'primary')).body.tier).toBe('primary');
    expect((await running.send('primary', 'GET', '/health')).status).toBe(200);
  });
});
