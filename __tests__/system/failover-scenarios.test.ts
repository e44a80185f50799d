import { setTimeout as sleep } from 'node:timers/promises';
import type { MetricTotal } from '@assistant/emulator';
import { ModelBehaviours } from '@assistant/emulator/run';
import type { FailureClass } from '../../contract/bedrock-failures';
import { circuitTableName, type Phase } from '../../contract/circuit';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRICS } from '../../contract/metrics';
import { DEFAULT_REQUEST_TYPE } from '../../contract/question';
import type { ModelRule } from '../../contract/model-config';
import { selectRule } from '../../contract/select-rule';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { startSystem, type Answer, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

const { primary, fallback } = selectRule(
  defaultModelConfig,
  shippedConfig().regions.primary,
  DEFAULT_REQUEST_TYPE,
);
const [PRIMARY, FALLBACK] = [primary.modelId, fallback.modelId];

/** Shorter than a tier's time: a silent model is known before that is up. */
const LIMITS = { firstSignMs: 2_000, gapMs: 1_500 };
const BUDGET = { totalMs: 11_000, primaryMs: 5_500, reserveMs: 500 };

/** A minute's outage, the waits in it and the thirty seconds after it, in a tenth of their time. */
const COMPRESSED = 10;
const FAILURES = 5;
/** Callers at once. */
const CALLERS = 10;
const CIRCUIT = {
  ...shippedConfig().circuit,
  failures: FAILURES,
  // An instance's own rate has tests of its own.
  ...{ minimumCalls: 20, failureRate: 1 },
  openSeconds: shippedConfig().circuit.openSeconds / COMPRESSED,
  maxOpenSeconds: shippedConfig().circuit.maxOpenSeconds / COMPRESSED,
};

/** An instance believes for so long what it has read of a circuit. */
const CACHE_MS = 1_000;

let running: RunningSystem;
beforeAll(async () => {
  // The canary's calls would be counted with the callers'.
  const canary = { ...shippedConfig().canary, enabled: false };
  running = await startSystem({ budget: BUDGET, circuit: CIRCUIT, canary });
  const impatient = (rule: ModelRule): ModelRule => ({
    ...rule,
    primary: { ...rule.primary, ...LIMITS, contextTokens: 200_000 },
    // Larger, so that what is too long for the first may fit.
    fallback: { ...rule.fallback, ...LIMITS, contextTokens: 1_000_000 },
  });
  const types = Object.entries(defaultModelConfig.types).map(([type, rule]) => [type, impatient(rule)]);
  const config = {
    ...defaultModelConfig,
    default: impatient(defaultModelConfig.default),
    types: Object.fromEntries(types) as object,
  };
  const { status } = await running.send('control', 'PUT', '/configuration', JSON.stringify(config));
  expect(status).toBe(200);
  // First requests pay for cold starts, of an instance for each caller in both tiers.
  await behave({ models: [{ model: '*', timeToFirstTokenMs: fixed(1_000) }] });
  await askAtOnce();
  await fault({ mode: 'denied' });
  await askAtOnce();
});
afterAll(() => running.stop());
beforeEach(async () => {
  await running.send('control', 'DELETE', '/faults');
  await running.send('control', 'DELETE', '/models');
  const areClosed = async () =>
    [await phaseOf(PRIMARY), await phaseOf(FALLBACK)].every((phase) => phase === 'closed');
  const isQuiet = await areClosed();
  await close();
  if (isQuiet) return;
  // An instance whose read is late goes by what it knew, and one that was frozen with a failure tells of it when it
  // wakes, up to seconds later; after so many rounds, a test says what is wrong.
  for (let round = 0; round < 5; round += 1) {
    await sleep(CACHE_MS + 100);
    const answers = await askAtOnce();
    await sleep(CACHE_MS / 4);
    if (answers.every(({ body }) => body.tier === 'primary') && (await areClosed())) return;
    await close();
  }
});

const close = () =>
  withCircuits(async (admin) => {
    for (const model of [PRIMARY, FALLBACK]) await admin.force(model, 'closed');
  });

const ask = () => running.ask({ question: 'Hi?' }, 'primary');
const askAtOnce = (callers = CALLERS) => Promise.all(Array.from({ length: callers }, () => ask()));
const fixed = (value: number) => ({ kind: 'fixed', value });

async function fault(values: object): Promise<void> {
  const request = { region: 'primary', target: 'bedrock', model: PRIMARY, ...values };
  const { status, body } = await running.send('control', 'POST', '/faults', JSON.stringify(request));
  expect([status, body]).toEqual([201, expect.anything()]);
}

async function behave(settings: object): Promise<void> {
  const { status, body } = await running.send('control', 'POST', '/models', JSON.stringify(settings));
  expect([status, body]).toEqual([200, expect.anything()]);
}

async function withCircuits<T>(act: (admin: CircuitAdmin) => Promise<T>): Promise<T> {
  const { dynamoDb } = (await running.status()).regions.primary.clients;
  const admin = new CircuitAdmin(circuitTableName(shippedConfig().project), dynamoDb);
  return act(admin).finally(() => {
    admin.close();
  });
}

const phaseOf = (model: string): Promise<Phase> =>
  withCircuits(
    async (admin) => (await admin.list()).find((found) => found.model === model)?.phase ?? 'closed',
  );

/** Runs what it is given, and counts the calls that reached each model meanwhile. */
async function counting<T>(act: () => Promise<T>) {
  const calls = async () => (await running.status()).regions.primary.modelCalls;
  const before = await calls();
  const logged = running.logs.length;
  const result = await act();
  const after = await calls();
  const difference = (model: string) => (after[model] ?? 0) - (before[model] ?? 0);
  const failures = running.logs
    .slice(logged)
    .filter((line) => line.includes('"message":"model_call_failed"'))
    .map((line) => /"failure":"(\w+)"/.exec(line)?.[1]);
  return { result, primary: difference(PRIMARY), fallback: difference(FALLBACK), failures };
}

const whole = (model: string) => `[stand-in for ${model} in us-east-1; no model was called] You asked: Hi?`;
const answerOf = ({ status, body }: Answer) => ({ status, tier: body.tier, answer: body.answer });
const FROM_PRIMARY = { status: 200, tier: 'primary', answer: whole(PRIMARY) };
const FROM_FALLBACK = { status: 200, tier: 'fallback', answer: whole(FALLBACK) };

/** A seed by which the model's first call fails and its second does not. */
function seedOfOneFailure(models: readonly object[]): number {
  const behaviours = new ModelBehaviours();
  for (let seed = 1; ; seed += 1) {
    behaviours.set({ seed, models });
    const outcomes = [1, 2].map(() => behaviours.next({ region: 'primary', model: PRIMARY })?.outcome);
    if (String(outcomes) === 'error,answer') return seed;
  }
}

/** One question meets a primary model with a fault: who answers, and what it costs in calls of each model. */
const ONE_QUESTION: readonly {
  readonly when: string;
  readonly fault: object;
  readonly answered: object;
  readonly primary: number;
  readonly fallback: number;
  readonly failure: FailureClass;
}[] = [
  {
    when: 'is throttled with a Retry-After that it bears, then healthy: it waits, and stays with the model',
    fault: { mode: 'throttle', retryAfter: 1, seconds: 0.9 },
    ...{ answered: FROM_PRIMARY, primary: 2, fallback: 0, failure: 'throttled' },
  },
  {
    when: 'is throttled with a Retry-After that is too long: the fallback’s, after one call',
    fault: { mode: 'throttle', retryAfter: 20 },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'throttled' },
  },
  {
    when: 'resets connections before the headers: the fallback’s, after one retry',
    fault: { mode: 'reset' },
    ...{ answered: FROM_FALLBACK, primary: 2, fallback: 1, failure: 'connection_failed' },
  },
  {
    when: 'is cut off in the middle of its answer: the fallback’s, whole',
    fault: { mode: 'reset_mid_body' },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'connection_lost' },
  },
  {
    when: 'falls silent in the middle of its answer: the fallback’s, whole',
    fault: { mode: 'stream_silence' },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'stalled' },
  },
  {
    when: 'sends an event that is broken: the fallback’s, whole',
    fault: { mode: 'stream_corrupt' },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'invalid_response' },
  },
  {
    when: 'ends its stream without saying why it stopped: the fallback’s, whole',
    fault: { mode: 'stream_end' },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'connection_lost' },
  },
  {
    when: 'fails inside its stream: the fallback’s, whole',
    fault: { mode: 'stream_error' },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'model_error' },
  },
  {
    when: 'has too small a context window: the larger model’s, with no second try on the smaller',
    fault: { mode: 'too_long' },
    ...{ answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'input_too_long' },
  },
  {
    when: 'refuses by its content filter: said as such, with no second try anywhere',
    fault: { mode: 'filter_refused' },
    answered: { status: 200, tier: 'primary', answer: expect.stringContaining('content filter') as unknown },
    ...{ primary: 1, fallback: 0, failure: 'content_filtered' },
  },
];

describe('a question whose primary model', () => {
  it.each(ONE_QUESTION)('$when', async ({ fault: values, answered, primary, fallback, failure }) => {
    await fault(values);
    const outcome = await counting(() => ask());
    expect(answerOf(outcome.result)).toEqual(answered);
    expect([outcome.primary, outcome.fallback]).toEqual([primary, fallback]);
    expect(new Set(outcome.failures)).toEqual(new Set([failure]));
    expect(await phaseOf(PRIMARY)).toBe('closed');
  });

  it('fails once, then is healthy: its own, after one retry', async () => {
    const models = [{ model: PRIMARY, region: 'primary', errorRate: 0.5 }];
    await behave({ seed: seedOfOneFailure(models), models });
    const { result, primary, fallback, failures } = await counting(() => ask());
    expect(answerOf(result)).toEqual(FROM_PRIMARY);
    expect([primary, fallback, failures]).toEqual([2, 0, ['internal_error']]);
  });

  it('ends its stream after its stop reason, without the tokens: its own, for it is whole', async () => {
    // The event before its last: there are not so many.
    await fault({ mode: 'stream_end', events: 10_000 });
    const { result, primary, fallback, failures } = await counting(() => ask());
    expect(answerOf(result)).toEqual(FROM_PRIMARY);
    expect(result.body).toMatchObject({
      stopReason: 'end_turn',
      usage: { inputTokens: 0, outputTokens: 0 },
    });
    expect([primary, fallback, failures]).toEqual([1, 0, []]);
  });

  it('is too small for it, as is the fallback: the caller’s to shorten, after one call of each', async () => {
    await fault({ mode: 'too_long' });
    await fault({ mode: 'too_long', model: FALLBACK });
    const { result, primary, fallback } = await counting(() => ask());
    expect([result.status, result.body.error]).toEqual([400, expect.objectContaining({ field: 'question' })]);
    expect([primary, fallback]).toEqual([1, 1]);
  });

  it('fails, and whose fallback rejects what it is sent: an honest word, after one call of the fallback', async () => {
    await fault({ mode: 'error' });
    await fault({ mode: 'validation', model: FALLBACK });
    const { result, primary, fallback } = await counting(() => ask());
    expect(result.body).toMatchObject({ tier: 'degraded', degraded: true, reason: 'request_rejected' });
    expect(JSON.stringify(result.body)).not.toMatch(/malformed|exception/i);
    expect([primary, fallback]).toEqual([2, 1]);
  });
});

/** Asks ten at once, again and again, until the primary model's circuit is not closed any more. */
async function askUntilOpen(): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  // What an instance that knows the model as good takes for an exception the first time, it no longer does the second.
  for (let round = 0; round < 3 && (await phaseOf(PRIMARY)) === 'closed'; round += 1) {
    answers.push(...(await askAtOnce()));
  }
  expect(await phaseOf(PRIMARY)).not.toBe('closed');
  return answers;
}

const expectAll = (answers: readonly Answer[], answer: object) => {
  expect(answers.map(answerOf)).toEqual(Array<unknown>(answers.length).fill(answer));
};

describe('a model that stays away', () => {
  it.each(['throttle', 'unavailable'])(
    'with %s is tried twice a question until its circuit opens, then left alone',
    async (mode) => {
      await fault({ mode });
      const opening = await counting(askUntilOpen);
      expectAll(opening.result, FROM_FALLBACK);
      expect(opening.primary).toBeLessThanOrEqual(2 * opening.result.length);
      expect(opening.fallback).toBe(opening.result.length);

      await sleep(CACHE_MS + 100);
      // One after the other: of ten reads at once, a busy machine has some come too late to be waited for.
      const after = await counting(async () => [await ask(), await ask(), await ask(), await ask()]);
      expectAll(after.result, FROM_FALLBACK);
      // Probes, which are not retried.
      expect(after.primary).toBeLessThanOrEqual(2);
    },
  );

  it('in dead silence costs ten callers at once the first sign’s time, and its circuit opens', async () => {
    await fault({ mode: 'timeout' });
    const logged = running.logs.length;
    const { result, primary, fallback, failures } = await counting(askUntilOpen);
    expectAll(result, FROM_FALLBACK);
    // One call a question: a silent model is not tried again.
    expect([primary, fallback]).toEqual([failures.length, result.length]);
    expect(primary).toBeLessThanOrEqual(result.length);
    expect(new Set(failures)).toEqual(new Set(['timeout']));
    const durations = running.logs
      .slice(logged)
      .filter((line) => line.includes('"message":"model_call_failed"'))
      .map((line) => Number(/"durationMs":(\d+)/.exec(line)?.[1]));
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(LIMITS.firstSignMs - 5);
    // The deadline for the first sign has ended them, not the tier's.
    expect(Math.max(...durations)).toBeLessThan(BUDGET.primaryMs - 1_000);
  });
});

describe('a model that is slow, but lives', () => {
  it('is waited for by ten callers at once', async () => {
    await behave({ models: [{ model: PRIMARY, timeToFirstTokenMs: fixed(LIMITS.firstSignMs / 3) }] });
    const { result, primary, fallback } = await counting(() => askAtOnce());
    expectAll(result, FROM_PRIMARY);
    expect([primary, fallback]).toEqual([CALLERS, 0]);
    expect(await phaseOf(PRIMARY)).toBe('closed');
  });

  it('is cut at the deadline, which is said, and opens no circuit', async () => {
    await behave({ models: [{ model: PRIMARY, tokensPerSecond: fixed(20), outputTokens: fixed(400) }] });
    const { result, primary, fallback } = await counting(() => askAtOnce());
    for (const { body } of result) {
      expect([body.tier, body.stopReason]).toEqual(['primary', 'deadline']);
      expect(body.answer).toContain(whole(PRIMARY));
    }
    expect([primary, fallback]).toEqual([CALLERS, 0]);
    expect(await phaseOf(PRIMARY)).toBe('closed');
  });
});

it('the answer of a fallback is charged to the fallback, and failed attempts to nobody', async () => {
  const inputTokens = async (model: string) => {
    const { body } = await running.send('control', 'GET', '/metrics?region=primary');
    return (body as unknown as MetricTotal[])
      .filter(({ name, dimensions }) => name === METRICS.inputTokens && dimensions.model === model)
      .reduce((total, { sum }) => total + sum, 0);
  };
  for (const mode of ['error', 'reset_mid_body']) {
    await fault({ mode });
    const before = [await inputTokens(PRIMARY), await inputTokens(FALLBACK)];
    const { body } = await ask();
    expect([body.tier, body.model]).toEqual(['fallback', FALLBACK]);
    const usage = body.usage as { readonly inputTokens: number };
    expect(usage.inputTokens).toBeGreaterThan(0);
    const charged = [await inputTokens(PRIMARY), await inputTokens(FALLBACK)];
    expect(charged).toEqual([before[0], (before[1] ?? 0) + usage.inputTokens]);
  }
});

it('a model that was away for a minute is used again within 30 s, and callers are served meanwhile', async () => {
  const OUTAGE_SECONDS = 60 / COMPRESSED;
  const BACK_WITHIN_MS = 30_000 / COMPRESSED;
  const began = Date.now();
  await fault({ mode: 'unavailable', seconds: OUTAGE_SECONDS });
  const endOfOutage = began + OUTAGE_SECONDS * 1_000;
  const seen: { readonly at: number; readonly tier: unknown }[] = [];
  const asking: Promise<void>[] = [];
  while (Date.now() < endOfOutage + BACK_WITHIN_MS + 1_000) {
    asking.push(
      (async () => {
        const at = Date.now();
        seen.push({ at, tier: (await ask()).body.tier });
      })(),
    );
    await sleep(150);
  }
  await Promise.all(asking);
  expect(new Set(seen.map(({ tier }) => tier))).toEqual(new Set(['primary', 'fallback']));
  const late = seen.filter(({ at }) => at > endOfOutage + BACK_WITHIN_MS);
  expect(late.length).toBeGreaterThan(1);
  expect(late.filter(({ tier }) => tier !== 'primary')).toEqual([]);
});
