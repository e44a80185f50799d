import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { PORTS, type MetricTotal } from '@assistant/emulator';
import { ModelBehaviours } from '@assistant/emulator/run';
import type { FailureClass } from '../../contract/bedrock-failures';
import { DEMO_KEY } from '../../contract/callers';
import { circuitTableName, type Phase } from '../../contract/circuit';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRICS } from '../../contract/metrics';
import { DEFAULT_REQUEST_TYPE } from '../../contract/question';
import type { ModelRule } from '../../contract/model-config';
import type { Extension } from '../../contract/openai';
import { selectRule } from '../../contract/select-rule';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { CANONICAL, serveCanonicalModel } from '../support/canonical-model';
import { startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

/*
 * How a region meets models that misbehave, as its callers see it and as the models do: by `POST /`, and by OpenAI's
 * protocol, streamed, with OpenAI's own client, whose retries are off. Every healthy model says the same text, so that
 * what is whole can be told; the calls of each are counted, so that nothing is right by luck. The
 * rules are as shipped, but for their time limits. S01 to S16 are the scenarios of Failover Bench
 * (github.com/failoverbench/failoverbench, methodology 0.1), in the words of Bedrock; asked to go on, a model begins
 * anew, as there.
 */

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

/** Then an instance goes by what it has read of a circuit no more, and waits for a read that a busy machine is late with. */
const FRESH_MS = 2_000;

/** A type whose rule lets no model go on with another one's answer. */
const RESTARTING = 'restarting';

let running: RunningSystem;
let model: Awaited<ReturnType<typeof serveCanonicalModel>>;
beforeAll(async () => {
  model = await serveCanonicalModel();
  // The canary's calls would be counted with the callers'.
  const canary = { ...shippedConfig().canary, enabled: false };
  const served = { kind: 'openai', url: model.url, model: 'canonical' } as const;
  running = await startSystem({ budget: BUDGET, circuit: CIRCUIT, canary }, served);
  const impatient = (rule: ModelRule): ModelRule => ({
    ...rule,
    primary: { ...rule.primary, ...LIMITS, contextTokens: 200_000 },
    // Larger, so that what is too long for the first may fit.
    fallback: { ...rule.fallback, ...LIMITS, contextTokens: 1_000_000 },
  });
  const types = Object.entries(defaultModelConfig.types).map(([type, rule]) => [type, impatient(rule)]);
  const general = impatient(defaultModelConfig.default);
  const config = {
    ...{ ...defaultModelConfig, default: general },
    types: { ...Object.fromEntries(types), [RESTARTING]: { ...general, onBreak: 'restart' } } as object,
  };
  const { status } = await running.send('control', 'PUT', '/configuration', JSON.stringify(config));
  expect(status).toBe(200);
  // First requests pay for cold starts, of an instance for each caller in both tiers.
  await behave({ models: [{ model: '*', timeToFirstTokenMs: fixed(1_000) }] });
  await askAtOnce();
  await askAtOnce(CALLERS, askStreamed);
  await fault({ mode: 'denied' });
  await askAtOnce();
});
afterAll(async () => {
  await running.stop();
  model.close();
});
beforeEach(async () => {
  model.model.goesOn = 'anew';
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
    await sleep(FRESH_MS + 100);
    const answers = await askAtOnce();
    await sleep(250);
    if (answers.every(({ tier }) => tier === 'primary') && (await areClosed())) return;
    await close();
  }
});

const close = () =>
  withCircuits(async (admin) => {
    for (const model of [PRIMARY, FALLBACK]) await admin.force(model, 'closed');
  });

/** What came of a question, as its caller sees it. */
interface Outcome {
  /** Of what passes for a whole answer. */
  readonly text?: string;
  readonly tier?: unknown;
  readonly model?: unknown;
  readonly stopReason?: unknown;
  readonly tokens?: number;
  /** Of what is no answer. */
  readonly error?: unknown;
}

async function askPlainly(): Promise<Outcome> {
  const { status, body } = await running.ask({ question: 'Hi?' }, 'primary');
  if (status !== 200) return { error: body.error };
  const usage = body.usage as { readonly inputTokens: number };
  const { tier, model: name, stopReason } = body;
  return { text: body.answer as string, tier, model: name, stopReason, tokens: usage.inputTokens };
}

async function askStreamed(type = DEFAULT_REQUEST_TYPE): Promise<Outcome> {
  const baseURL = `http://127.0.0.1:${running.portBase + PORTS.primary}/v1`;
  const client = new OpenAI({ baseURL, apiKey: DEMO_KEY, maxRetries: 0 });
  try {
    const stream = await client.chat.completions.create({
      model: type,
      messages: [{ role: 'user', content: 'Hi?' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let assistant: Extension | undefined;
    let last: OpenAI.ChatCompletionChunk | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      assistant = (chunk as { readonly assistant?: Extension }).assistant ?? assistant;
      last = chunk;
    }
    const { tier, stopReason } = assistant ?? {};
    return { text, tier, stopReason, model: last?.model, tokens: last?.usage?.prompt_tokens ?? -1 };
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
    return { error: { code, status } };
  }
}

/** The ways to ask. */
const WAYS: readonly (readonly [way: string, ask: () => Promise<Outcome>])[] = [
  ['POST /', askPlainly],
  ['OpenAI’s protocol, streamed', askStreamed],
];

const askAtOnce = (callers = CALLERS, ask = askPlainly) =>
  Promise.all(Array.from({ length: callers }, () => ask()));
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

const FROM_PRIMARY = { text: CANONICAL, tier: 'primary', model: PRIMARY };
const FROM_FALLBACK = { text: CANONICAL, tier: 'fallback', model: FALLBACK };

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
interface Scenario {
  readonly when: string;
  readonly prepare: () => Promise<void>;
  readonly answered: object;
  readonly primary: number;
  readonly fallback: number;
  readonly failure: FailureClass;
}

const scenario = (when: string, prepare: () => Promise<void>, rest: Omit<Scenario, 'when' | 'prepare'>) => ({
  when,
  prepare,
  ...rest,
});

const SCENARIOS: readonly Scenario[] = [
  scenario(
    'S01: is throttled and asks for two seconds, then healthy: it waits for them, and stays with the model',
    () => fault({ mode: 'throttle', retryAfter: 2, seconds: 1.9 }),
    { answered: FROM_PRIMARY, primary: 2, fallback: 0, failure: 'throttled' },
  ),
  scenario(
    'S01 too long: is throttled and asks for more than is borne: the fallback’s, after one call',
    () => fault({ mode: 'throttle', retryAfter: 20 }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'throttled' },
  ),
  scenario('S02: is throttled for good: the fallback’s, after one retry', () => fault({ mode: 'throttle' }), {
    answered: FROM_FALLBACK,
    ...{ primary: 2, fallback: 1, failure: 'throttled' },
  }),
  scenario(
    'S03: fails once, then is healthy: its own, after one retry',
    async () => {
      const models = [{ model: PRIMARY, region: 'primary', errorRate: 0.5 }];
      await behave({ seed: seedOfOneFailure(models), models });
    },
    { answered: FROM_PRIMARY, primary: 2, fallback: 0, failure: 'internal_error' },
  ),
  scenario('S04: is unavailable: the fallback’s, after one retry', () => fault({ mode: 'unavailable' }), {
    answered: FROM_FALLBACK,
    ...{ primary: 2, fallback: 1, failure: 'unavailable' },
  }),
  scenario(
    'S05: resets connections before the headers: the fallback’s, after one retry',
    () => fault({ mode: 'reset' }),
    {
      answered: FROM_FALLBACK,
      ...{ primary: 2, fallback: 1, failure: 'connection_failed' },
    },
  ),
  scenario(
    'S06: never says anything: the fallback’s, and it is not asked again',
    () => fault({ mode: 'timeout' }),
    {
      answered: FROM_FALLBACK,
      ...{ primary: 1, fallback: 1, failure: 'timeout' },
    },
  ),
  scenario(
    'S07: begins, and says its first word after 20 s: the fallback’s, long before',
    () => behave({ models: [{ model: PRIMARY, timeToFirstTokenMs: fixed(20_000) }] }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'stalled' },
  ),
  scenario(
    'S08: is cut off in the middle of its answer: whole, by the fallback',
    () => fault({ mode: 'reset_mid_body' }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'connection_lost' },
  ),
  scenario(
    'S09: falls silent in the middle of its answer: whole, by the fallback',
    () => fault({ mode: 'stream_silence', events: 12 }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'stalled' },
  ),
  scenario(
    'S10: sends an event that is broken: whole, by the fallback',
    () => fault({ mode: 'stream_corrupt', events: 10 }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'invalid_response' },
  ),
  scenario(
    'ends its stream without saying why it stopped: whole, by the fallback',
    () => fault({ mode: 'stream_end' }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'connection_lost' },
  ),
  scenario('fails inside its stream: whole, by the fallback', () => fault({ mode: 'stream_error' }), {
    answered: FROM_FALLBACK,
    ...{ primary: 1, fallback: 1, failure: 'model_error' },
  }),
  scenario(
    'S12: has too small a context window: the larger model’s, with no second try on the smaller',
    () => fault({ mode: 'too_long' }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'input_too_long' },
  ),
  scenario(
    'S16: fails for good: the fallback’s, by its name and with its tokens',
    () => fault({ mode: 'error' }),
    { answered: { ...FROM_FALLBACK, tokens: 20 }, primary: 2, fallback: 1, failure: 'internal_error' },
  ),
];

describe.each(WAYS)('by %s, a question whose primary model', (way, ask) => {
  it.each(SCENARIOS)('$when', async ({ prepare, answered, primary, fallback, failure }) => {
    await prepare();
    const outcome = await counting(ask);
    expect(outcome.result).toMatchObject(answered);
    expect([outcome.primary, outcome.fallback]).toEqual([primary, fallback]);
    expect(new Set(outcome.failures)).toEqual(new Set([failure]));
    expect(await phaseOf(PRIMARY)).toBe('closed');
    // It serves on as if nothing had been.
    await running.send('control', 'DELETE', '/faults');
    await running.send('control', 'DELETE', '/models');
    expect(await ask()).toMatchObject(FROM_PRIMARY);
  });

  it('S01: is waited for as long as it asks', async () => {
    await fault({ mode: 'throttle', retryAfter: 2, seconds: 1.9 });
    const began = Date.now();
    await ask();
    expect(Date.now() - began).toBeGreaterThanOrEqual(1_900);
  });

  it('S11: ends its stream after its stop reason, without its last event: its own, for it is whole', async () => {
    // The event before its last: there are not so many.
    for (const mode of ['stream_end', 'stream_silence']) {
      await running.send('control', 'DELETE', '/faults');
      await fault({ mode, events: 10_000 });
      const { result, primary, fallback, failures } = await counting(ask);
      expect(result).toMatchObject({ ...FROM_PRIMARY, stopReason: 'end_turn', tokens: 0 });
      expect([primary, fallback, failures]).toEqual([1, 0, []]);
    }
  });

  it('S13: refuses by its content filter: said as such, with no second try anywhere', async () => {
    await fault({ mode: 'filter_refused' });
    const { result, primary, fallback } = await counting(ask);
    expect(result).toMatchObject(
      way === 'POST /'
        ? { tier: 'primary', stopReason: 'content_filtered' }
        : { error: { code: 'content_filter', status: 400 } },
    );
    expect([primary, fallback]).toEqual([1, 0]);
  });

  it('S14: is cut off, and whose fallback refuses to continue words that it did not say: whole, by the fallback', async () => {
    await fault({ mode: 'reset_mid_body' });
    model.asked.length = 0;
    const { result, primary, fallback } = await counting(ask);
    expect(result).toMatchObject(FROM_FALLBACK);
    expect([primary, fallback]).toEqual([1, 1]);
    expect(model.asked.map(({ messages }) => messages.at(-1)?.role)).toEqual(['user', 'user']);
  });

  it('is too small for it, as is the fallback: the caller’s to shorten, after one call of each', async () => {
    await fault({ mode: 'too_long' });
    await fault({ mode: 'too_long', model: FALLBACK });
    const { result, primary, fallback } = await counting(ask);
    expect(result.error).toMatchObject(
      way === 'POST /' ? { field: 'question' } : { code: 'context_length_exceeded', status: 400 },
    );
    expect([primary, fallback]).toEqual([1, 1]);
  });

  it('fails, and whose fallback rejects what it is sent: an honest word, after one call of the fallback', async () => {
    await fault({ mode: 'error' });
    await fault({ mode: 'validation', model: FALLBACK });
    const { result, primary, fallback } = await counting(ask);
    expect(result).toMatchObject({ tier: 'degraded', text: defaultModelConfig.maintenanceMessage });
    expect([primary, fallback]).toEqual([2, 1]);
  });

  it('S15: was away for a minute is served meanwhile, and by it again within 30 s', async () => {
    const OUTAGE_SECONDS = 60 / COMPRESSED;
    const BACK_WITHIN_MS = 30_000 / COMPRESSED;
    const began = Date.now();
    await fault({ mode: 'unavailable', seconds: OUTAGE_SECONDS });
    const endOfOutage = began + OUTAGE_SECONDS * 1_000;
    const asking: Promise<{ readonly at: number; readonly outcome: Outcome }>[] = [];
    const { result: seen, primary } = await counting(async () => {
      while (Date.now() < endOfOutage + BACK_WITHIN_MS + 1_000) {
        const at = Date.now();
        asking.push(ask().then((outcome) => ({ at, outcome })));
        await sleep(150);
      }
      return Promise.all(asking);
    });
    expect(seen.filter(({ outcome }) => outcome.text !== CANONICAL)).toEqual([]);
    const during = seen.filter(({ at }) => at < endOfOutage - 1_000);
    expect(during.filter(({ outcome }) => outcome.tier !== 'fallback')).toEqual([]);
    const late = seen.filter(({ at }) => at > endOfOutage + BACK_WITHIN_MS);
    expect(late.length).toBeGreaterThan(1);
    expect(late.filter(({ outcome }) => outcome.tier !== 'primary')).toEqual([]);
    // A dead model is asked by those before its circuit opens, and by probes.
    expect(primary).toBeLessThan(seen.length);
  });

  it('S16: fails, is charged nothing, and the fallback all', async () => {
    const inputTokens = async (of: string) => {
      const { body } = await running.send('control', 'GET', '/metrics?region=primary');
      return (body as unknown as MetricTotal[])
        .filter(({ name, dimensions }) => name === METRICS.inputTokens && dimensions.model === of)
        .reduce((total, { sum }) => total + sum, 0);
    };
    for (const mode of ['error', 'reset_mid_body']) {
      await running.send('control', 'DELETE', '/faults');
      await fault({ mode });
      const before = [await inputTokens(PRIMARY), await inputTokens(FALLBACK)];
      const { tokens } = await ask();
      expect(tokens).toBe(20);
      const charged = [await inputTokens(PRIMARY), await inputTokens(FALLBACK)];
      expect(charged).toEqual([before[0], (before[1] ?? 0) + 20]);
    }
  });
});

describe.each([
  ['S08: is cut off', { mode: 'reset_mid_body' }],
  ['S09: falls silent', { mode: 'stream_silence' }],
  ['S10: sends a broken event', { mode: 'stream_corrupt' }],
])('of OpenAI’s protocol, a stream whose model %s', (_, values) => {
  const INTERRUPTED = { error: { code: 'answer_interrupted', status: undefined } };

  it.each([
    ['goes on with it', 'further', DEFAULT_REQUEST_TYPE, FROM_FALLBACK, 1],
    ['begins something else', 'astray', DEFAULT_REQUEST_TYPE, INTERRUPTED, 1],
    ['is not to go on with it', 'further', RESTARTING, INTERRUPTED, 0],
  ] as const)(
    'and whose fallback %s is whole, or ends with an error',
    async (_, goesOn, type, answered, calls) => {
      model.model.goesOn = goesOn;
      await fault(values);
      const { result, primary, fallback } = await counting(() => askStreamed(type));
      expect(result).toMatchObject(answered);
      expect([primary, fallback]).toEqual([1, calls]);
    },
  );
});

/** Asks ten at once, again and again, until the primary model's circuit is not closed any more. */
async function askUntilOpen(): Promise<readonly Outcome[]> {
  const answers: Outcome[] = [];
  // What an instance that knows the model as good takes for an exception the first time, it no longer does the second.
  for (let round = 0; round < 3 && (await phaseOf(PRIMARY)) === 'closed'; round += 1) {
    answers.push(...(await askAtOnce()));
  }
  expect(await phaseOf(PRIMARY)).not.toBe('closed');
  return answers;
}

const expectAll = (answers: readonly Outcome[], answer: object) => {
  expect(answers).toEqual(Array<unknown>(answers.length).fill(expect.objectContaining(answer)));
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

      await sleep(FRESH_MS + 100);
      // One after the other: of ten reads at once, a busy machine has some come too late to be waited for.
      const after = await counting(async () => [
        await askPlainly(),
        await askPlainly(),
        await askPlainly(),
        await askPlainly(),
      ]);
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
    await behave({ models: [{ model: PRIMARY, tokensPerSecond: fixed(5) }] });
    const { result, primary, fallback } = await counting(() => askAtOnce());
    for (const { tier, stopReason, text } of result) {
      expect([tier, stopReason]).toEqual(['primary', 'deadline']);
      expect(text).not.toBe('');
    }
    expect([primary, fallback]).toEqual([CALLERS, 0]);
    expect(await phaseOf(PRIMARY)).toBe('closed');
  });
});
