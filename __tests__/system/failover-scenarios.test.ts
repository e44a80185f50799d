import { setTimeout as sleep } from 'node:timers/promises';
import { ModelBehaviours } from '@assistant/emulator/run';
import type { FailureClass } from '../../contract/bedrock-failures';
import { defaultModelConfig } from '../../contract/default-model-config';
import { DEFAULT_REQUEST_TYPE } from '../../contract/question';
import { CANONICAL } from '../support/canonical-model';
import {
  askPlainly,
  askStreamed,
  BUDGET,
  CALLERS,
  COMPRESSED,
  FALLBACK,
  FaultyRegion,
  fixed,
  LIMITS,
  type Outcome,
  PRIMARY,
  RESTARTING,
  type Way,
} from './faulty-region';

/*
 * How a region meets models that misbehave, as its callers see it and as the models do: by `POST /`, and by OpenAI's
 * protocol, streamed, with OpenAI's own client, whose retries are off. Every healthy model says the same text, so that
 * what is whole can be told; the calls of each are counted, so that nothing is right by luck. The
 * rules are as shipped, but for their time limits. S01 to S16 are the scenarios of Failover Bench
 * (github.com/failoverbench/failoverbench, methodology 0.1), in the words of Bedrock; asked to go on, a model begins
 * anew, as there.
 */

let region: FaultyRegion;
beforeAll(async () => {
  region = await FaultyRegion.start();
});
afterAll(() => region.stop());
beforeEach(() => region.rest());

/** The ways to ask. */
const WAYS: readonly (readonly [way: string, ask: Way])[] = [
  ['POST /', askPlainly],
  ['OpenAI’s protocol, streamed', askStreamed],
];

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
  /** The least that the caller waits. */
  readonly waitsMs?: number;
}

const scenario = (when: string, prepare: () => Promise<void>, rest: Omit<Scenario, 'when' | 'prepare'>) => ({
  when,
  prepare,
  ...rest,
});

const SCENARIOS: readonly Scenario[] = [
  scenario(
    'S01: is throttled and asks for two seconds, then healthy: it waits for them, and stays with the model',
    () => region.fault({ mode: 'throttle', retryAfter: 2, seconds: 1.9 }),
    { answered: FROM_PRIMARY, primary: 2, fallback: 0, failure: 'throttled', waitsMs: 1_900 },
  ),
  scenario(
    'S01 too long: is throttled and asks for more than is borne: the fallback’s, after one call',
    () => region.fault({ mode: 'throttle', retryAfter: 20 }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'throttled' },
  ),
  scenario(
    'S02: is throttled for good: the fallback’s, after one retry',
    () => region.fault({ mode: 'throttle' }),
    {
      answered: FROM_FALLBACK,
      ...{ primary: 2, fallback: 1, failure: 'throttled' },
    },
  ),
  scenario(
    'S03: fails once, then is healthy: its own, after one retry',
    async () => {
      const models = [{ model: PRIMARY, region: 'primary', errorRate: 0.5 }];
      await region.behave({ seed: seedOfOneFailure(models), models });
    },
    { answered: FROM_PRIMARY, primary: 2, fallback: 0, failure: 'internal_error' },
  ),
  scenario(
    'S04: is unavailable: the fallback’s, after one retry',
    () => region.fault({ mode: 'unavailable' }),
    {
      answered: FROM_FALLBACK,
      ...{ primary: 2, fallback: 1, failure: 'unavailable' },
    },
  ),
  scenario(
    'S05: resets connections before the headers: the fallback’s, after one retry',
    () => region.fault({ mode: 'reset' }),
    {
      answered: FROM_FALLBACK,
      ...{ primary: 2, fallback: 1, failure: 'connection_failed' },
    },
  ),
  scenario(
    'S06: never says anything: the fallback’s, and it is not asked again',
    () => region.fault({ mode: 'timeout' }),
    {
      answered: FROM_FALLBACK,
      ...{ primary: 1, fallback: 1, failure: 'timeout' },
    },
  ),
  scenario(
    'S07: begins, and says its first word after 20 s: the fallback’s, long before',
    () => region.behave({ models: [{ model: PRIMARY, timeToFirstTokenMs: fixed(20_000) }] }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'stalled' },
  ),
  scenario(
    'S08: is cut off in the middle of its answer: whole, by the fallback',
    () => region.fault({ mode: 'reset_mid_body' }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'connection_lost' },
  ),
  scenario(
    'S09: falls silent in the middle of its answer: whole, by the fallback',
    () => region.fault({ mode: 'stream_silence', events: 12 }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'stalled' },
  ),
  scenario(
    'S10: sends an event that is broken: whole, by the fallback',
    () => region.fault({ mode: 'stream_corrupt', events: 10 }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'invalid_response' },
  ),
  scenario(
    'ends its stream without saying why it stopped: whole, by the fallback',
    () => region.fault({ mode: 'stream_end' }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'connection_lost' },
  ),
  scenario('fails inside its stream: whole, by the fallback', () => region.fault({ mode: 'stream_error' }), {
    answered: FROM_FALLBACK,
    ...{ primary: 1, fallback: 1, failure: 'model_error' },
  }),
  scenario(
    'S12: has too small a context window: the larger model’s, with no second try on the smaller',
    () => region.fault({ mode: 'too_long' }),
    { answered: FROM_FALLBACK, primary: 1, fallback: 1, failure: 'input_too_long' },
  ),
  scenario(
    'S16: fails for good: the fallback’s, by its name and with its tokens',
    () => region.fault({ mode: 'error' }),
    { answered: { ...FROM_FALLBACK, tokens: 20 }, primary: 2, fallback: 1, failure: 'internal_error' },
  ),
];

describe.each(WAYS)('by %s, a question whose primary model', (way, ask) => {
  it.each(SCENARIOS)('$when', async ({ prepare, answered, primary, fallback, failure, waitsMs = 0 }) => {
    await prepare();
    const began = Date.now();
    const outcome = await region.counting(() => ask(region));
    expect(Date.now() - began).toBeGreaterThanOrEqual(waitsMs);
    expect(outcome.result).toMatchObject(answered);
    expect([outcome.primary, outcome.fallback]).toEqual([primary, fallback]);
    expect(new Set(outcome.failures)).toEqual(new Set([failure]));
    expect(await region.phaseOf(PRIMARY)).toBe('closed');
    // It serves on as if nothing had been.
    await region.heal();
    expect(await ask(region)).toMatchObject(FROM_PRIMARY);
  });

  it('S11: ends its stream after its stop reason, without its last event: its own, for it is whole', async () => {
    // The event before its last: there are not so many.
    for (const mode of ['stream_end', 'stream_silence']) {
      await region.heal();
      await region.fault({ mode, events: 10_000 });
      const { result, primary, fallback, failures } = await region.counting(() => ask(region));
      expect(result).toMatchObject({ ...FROM_PRIMARY, stopReason: 'end_turn', tokens: 0 });
      expect([primary, fallback, failures]).toEqual([1, 0, []]);
    }
  });

  it('S13: refuses by its content filter: said as such, with no second try anywhere', async () => {
    await region.fault({ mode: 'filter_refused' });
    const { result, primary, fallback } = await region.counting(() => ask(region));
    expect(result).toMatchObject(
      way === 'POST /'
        ? { tier: 'primary', stopReason: 'content_filtered' }
        : { error: { code: 'content_filter', status: 400 } },
    );
    expect([primary, fallback]).toEqual([1, 0]);
  });

  it('S14: is cut off, and whose fallback refuses to continue words that it did not say: whole, by the fallback', async () => {
    await region.fault({ mode: 'reset_mid_body' });
    region.server.asked.length = 0;
    const { result, primary, fallback } = await region.counting(() => ask(region));
    expect(result).toMatchObject(FROM_FALLBACK);
    expect([primary, fallback]).toEqual([1, 1]);
    expect(region.server.asked.map(({ messages }) => messages.at(-1)?.role)).toEqual(['user', 'user']);
  });

  it('is too small for it, as is the fallback: the caller’s to shorten, after one call of each', async () => {
    await region.fault({ mode: 'too_long' });
    await region.fault({ mode: 'too_long', model: FALLBACK });
    const { result, primary, fallback } = await region.counting(() => ask(region));
    expect(result.error).toMatchObject(
      way === 'POST /' ? { field: 'question' } : { code: 'context_length_exceeded', status: 400 },
    );
    expect([primary, fallback]).toEqual([1, 1]);
  });

  it('fails, and whose fallback rejects what it is sent: an honest word, after one call of the fallback', async () => {
    await region.fault({ mode: 'error' });
    await region.fault({ mode: 'validation', model: FALLBACK });
    const { result, primary, fallback } = await region.counting(() => ask(region));
    expect(result).toMatchObject({ tier: 'degraded', text: defaultModelConfig.maintenanceMessage });
    expect([primary, fallback]).toEqual([2, 1]);
  });

  it('S15: was away for a minute is served meanwhile, and by it again within 30 s', async () => {
    const OUTAGE_SECONDS = 60 / COMPRESSED;
    const BACK_WITHIN_MS = 30_000 / COMPRESSED;
    const began = Date.now();
    await region.fault({ mode: 'unavailable', seconds: OUTAGE_SECONDS });
    const endOfOutage = began + OUTAGE_SECONDS * 1_000;
    const asking: Promise<{ readonly at: number; readonly outcome: Outcome }>[] = [];
    const { result: seen, primary } = await region.counting(async () => {
      while (Date.now() < endOfOutage + BACK_WITHIN_MS + 1_000) {
        const at = Date.now();
        asking.push(ask(region).then((outcome) => ({ at, outcome })));
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
    for (const mode of ['error', 'reset_mid_body']) {
      await region.heal();
      await region.fault({ mode });
      const before = [await region.inputTokens(PRIMARY), await region.inputTokens(FALLBACK)];
      const { tokens } = await ask(region);
      expect(tokens).toBe(20);
      const charged = [await region.inputTokens(PRIMARY), await region.inputTokens(FALLBACK)];
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
      region.server.model.goesOn = goesOn;
      await region.fault(values);
      const { result, primary, fallback } = await region.counting(() => askStreamed(region, type));
      expect(result).toMatchObject(answered);
      expect([primary, fallback]).toEqual([1, calls]);
    },
  );
});

const expectAll = (answers: readonly Outcome[], answer: object) => {
  expect(answers).toEqual(Array<unknown>(answers.length).fill(expect.objectContaining(answer)));
};

describe('a model that stays away', () => {
  it.each(['throttle', 'unavailable'])(
    'with %s is tried twice a question until its circuit opens, then left alone',
    async (mode) => {
      await region.fault({ mode });
      const opening = await region.counting(() => region.askUntilOpen());
      expectAll(opening.result, FROM_FALLBACK);
      expect(opening.primary).toBeLessThanOrEqual(2 * opening.result.length);
      expect(opening.fallback).toBe(opening.result.length);

      await region.letReadsAge();
      // One after the other: of ten reads at once, a busy machine has some come too late to be waited for.
      const after = await region.counting(async () => [
        await askPlainly(region),
        await askPlainly(region),
        await askPlainly(region),
        await askPlainly(region),
      ]);
      expectAll(after.result, FROM_FALLBACK);
      // Probes, which are not retried.
      expect(after.primary).toBeLessThanOrEqual(2);
    },
  );

  it('in dead silence costs ten callers at once the first sign’s time, and its circuit opens', async () => {
    await region.fault({ mode: 'timeout' });
    const { result, primary, fallback, failures, durationsMs } = await region.counting(() =>
      region.askUntilOpen(),
    );
    expectAll(result, FROM_FALLBACK);
    // One call a question: a silent model is not tried again.
    expect([primary, fallback]).toEqual([failures.length, result.length]);
    expect(primary).toBeLessThanOrEqual(result.length);
    expect(new Set(failures)).toEqual(new Set(['timeout']));
    expect(Math.min(...durationsMs)).toBeGreaterThanOrEqual(LIMITS.firstSignMs - 5);
    // The deadline for the first sign has ended them, not the tier's.
    expect(Math.max(...durationsMs)).toBeLessThan(BUDGET.primaryMs - 1_000);
  });
});

describe('a model that is slow, but lives', () => {
  it('is waited for by ten callers at once', async () => {
    await region.behave({ models: [{ model: PRIMARY, timeToFirstTokenMs: fixed(LIMITS.firstSignMs / 3) }] });
    const { result, primary, fallback } = await region.counting(() => region.askAtOnce());
    expectAll(result, FROM_PRIMARY);
    expect([primary, fallback]).toEqual([CALLERS, 0]);
    expect(await region.phaseOf(PRIMARY)).toBe('closed');
  });

  it('is cut at the deadline, which is said, and opens no circuit', async () => {
    await region.behave({ models: [{ model: PRIMARY, tokensPerSecond: fixed(5) }] });
    const { result, primary, fallback } = await region.counting(() => region.askAtOnce());
    for (const { tier, stopReason, text } of result) {
      expect([tier, stopReason]).toEqual(['primary', 'deadline']);
      expect(text).not.toBe('');
    }
    expect([primary, fallback]).toEqual([CALLERS, 0]);
    expect(await region.phaseOf(PRIMARY)).toBe('closed');
  });
});
