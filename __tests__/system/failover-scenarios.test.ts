import { setTimeout as sleep } from 'node:timers/promises';
import { ModelBehaviours } from '@assistant/emulator/run';
import type { FailureClass } from '../../contract/bedrock-failures';
import { defaultModelConfig } from '../../contract/default-model-config';
import { CANONICAL } from '../support/canonical-model';
import {
  askPlainly,
  askStreamed,
  BUDGET,
  CALLERS,
  COMPRESSED,
  type FaultyModels,
  FaultyRegion,
  fixed,
  LIMITS,
  type Outcome,
  type Way,
} from './faulty-region';

/*
 * How a region meets models that misbehave, as its callers see it and as the models do: by `POST /`, and by OpenAI's
 * protocol, streamed, with OpenAI's own client, whose retries are off. Every healthy model says the same text, so that
 * what is whole can be told; the calls of each are counted, so that nothing is right by luck. The
 * rules are as shipped, but for their time limits. S01 to S16 are the scenarios of Failover Bench
 * (github.com/failoverbench/failoverbench, methodology 0.1), in the words of Bedrock; asked to go on, a model begins
 * anew, as there. Each test has models of its own, so that they can wait at the same time.
 */

let region: FaultyRegion;
beforeAll(async () => {
  region = await FaultyRegion.start();
});
afterAll(() => region.stop());

/** The ways to ask. */
const WAYS: readonly (readonly [way: string, ask: Way])[] = [
  ['POST /', askPlainly],
  ['OpenAI’s protocol, streamed', askStreamed],
];

const fromPrimary = ({ primary }: FaultyModels) => ({ text: CANONICAL, tier: 'primary', model: primary });
const fromFallback = ({ fallback }: FaultyModels) => ({ text: CANONICAL, tier: 'fallback', model: fallback });

/** The models' first call fails, and their second does not. */
async function failOnce(models: FaultyModels): Promise<void> {
  const behaviours = new ModelBehaviours();
  const behaviour = { errorRate: 0.5 };
  for (let seed = 1; ; seed += 1) {
    behaviours.set({ seed, models: [{ model: models.primary, ...behaviour }] });
    const outcomes = [1, 2].map(() => behaviours.next({ region: 'primary', model: models.primary })?.outcome);
    if (String(outcomes) === 'error,answer') return models.behave(behaviour, seed);
  }
}

/** One question meets a primary model with a fault: who answers, and what it costs in calls of each model. */
interface Scenario {
  readonly when: string;
  readonly prepare: (models: FaultyModels) => Promise<void>;
  readonly answered: (models: FaultyModels) => object;
  readonly primary: number;
  readonly fallback: number;
  readonly failure: FailureClass;
  /** The least that the caller waits. */
  readonly waitsMs?: number;
  /** By a connection that was idle for long, the model is asked once more: lambdas/adapters/persistent-http.ts. */
  readonly mayBeIdle?: true;
}

const scenario = (
  when: string,
  prepare: Scenario['prepare'],
  rest: Omit<Scenario, 'when' | 'prepare'>,
): Scenario => ({ when, prepare, ...rest });

/** A model's calls are drawn anew whenever another's behaviour is set: by itself. */
const S03 = scenario('S03: fails once, then is healthy: its own, after one retry', failOnce, {
  answered: fromPrimary,
  ...{ primary: 2, fallback: 0, failure: 'internal_error' },
});

const SCENARIOS: readonly Scenario[] = [
  scenario(
    'S01: is throttled and asks for two seconds, then healthy: it waits for them, and stays with the model',
    (models) => models.fault({ mode: 'throttle', retryAfter: 2, seconds: 1.9 }),
    { answered: fromPrimary, primary: 2, fallback: 0, failure: 'throttled', waitsMs: 1_900 },
  ),
  scenario(
    'S01 too long: is throttled and asks for more than is borne: the fallback’s, after one call',
    (models) => models.fault({ mode: 'throttle', retryAfter: 20 }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'throttled' },
  ),
  scenario(
    'S02: is throttled for good: the fallback’s, after one retry',
    (models) => models.fault({ mode: 'throttle' }),
    {
      answered: fromFallback,
      ...{ primary: 2, fallback: 1, failure: 'throttled' },
    },
  ),
  scenario(
    'S04: is unavailable: the fallback’s, after one retry',
    (models) => models.fault({ mode: 'unavailable' }),
    {
      answered: fromFallback,
      ...{ primary: 2, fallback: 1, failure: 'unavailable' },
    },
  ),
  scenario(
    'S05: resets connections before the headers: the fallback’s, after one retry',
    (models) => models.fault({ mode: 'reset' }),
    {
      answered: fromFallback,
      ...{ primary: 2, fallback: 1, failure: 'connection_failed', mayBeIdle: true },
    },
  ),
  scenario(
    'S06: never says anything: the fallback’s, and it is not asked again',
    (models) => models.fault({ mode: 'timeout' }),
    {
      answered: fromFallback,
      ...{ primary: 1, fallback: 1, failure: 'timeout' },
    },
  ),
  scenario(
    'S07: begins, and says its first word after 20 s: the fallback’s, long before',
    (models) => models.behave({ timeToFirstTokenMs: fixed(20_000) }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'stalled' },
  ),
  scenario(
    'S08: is cut off in the middle of its answer: whole, by the fallback',
    (models) => models.fault({ mode: 'reset_mid_body' }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'connection_lost' },
  ),
  scenario(
    'S09: falls silent in the middle of its answer: whole, by the fallback',
    (models) => models.fault({ mode: 'stream_silence', events: 12 }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'stalled' },
  ),
  scenario(
    'S10: sends an event that is broken: whole, by the fallback',
    (models) => models.fault({ mode: 'stream_corrupt', events: 10 }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'invalid_response' },
  ),
  scenario(
    'ends its stream without saying why it stopped: whole, by the fallback',
    (models) => models.fault({ mode: 'stream_end' }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'connection_lost' },
  ),
  scenario(
    'fails inside its stream: whole, by the fallback',
    (models) => models.fault({ mode: 'stream_error' }),
    {
      answered: fromFallback,
      ...{ primary: 1, fallback: 1, failure: 'model_error' },
    },
  ),
  scenario(
    'S12: has too small a context window: the larger model’s, with no second try on the smaller',
    (models) => models.fault({ mode: 'too_long' }),
    { answered: fromFallback, primary: 1, fallback: 1, failure: 'input_too_long' },
  ),
  scenario(
    'S16: fails for good: the fallback’s, by its name and with its tokens',
    (models) => models.fault({ mode: 'error' }),
    {
      answered: (models) => ({ ...fromFallback(models), tokens: 20 }),
      primary: 2,
      fallback: 1,
      failure: 'internal_error',
    },
  ),
];

const expectAll = (answers: readonly Outcome[], answer: object) => {
  expect(answers).toEqual(Array<unknown>(answers.length).fill(expect.objectContaining(answer)));
};

describe('a question whose primary model', () => {
  const meet = (
    { prepare, answered, primary, fallback, failure, mayBeIdle, waitsMs = 0 }: Scenario,
    ask: Way,
  ) =>
    region.lend(async (models) => {
      await prepare(models);
      const began = Date.now();
      const outcome = await models.counting(() => ask(models));
      expect(Date.now() - began).toBeGreaterThanOrEqual(waitsMs);
      expect(outcome.result).toMatchObject(answered(models));
      const renewed = mayBeIdle && outcome.primary === primary + 1 ? 1 : 0;
      expect([outcome.primary - renewed, outcome.fallback]).toEqual([primary, fallback]);
      expect(new Set(outcome.failures)).toEqual(new Set([failure]));
      expect(await models.phase()).toBe('closed');
      // It serves on as if nothing had been.
      await models.heal();
      expect(await ask(models)).toMatchObject(fromPrimary(models));
    });

  const inEachWay = (title: string, test: (models: FaultyModels, ask: Way, way: string) => Promise<void>) => {
    it.concurrent.each(WAYS)(`${title}: by %s`, (way, ask) =>
      region.lend((models) => test(models, ask, way)),
    );
  };

  it.each(WAYS)(`${S03.when}: by %s`, (_, ask) => meet(S03, ask));

  inEachWay(
    'S15: was away for a minute is served meanwhile, and by it again within 30 s',
    async (models, ask) => {
      const EVERY_MS = 200;
      // Counted in questions, one after the other: a busy machine takes longer for each, as for all that they wait for;
      // at a rate of their own they would pile up, and starve the tests beside this one as well.
      const questions = async (seconds: number) => {
        const outcomes: Outcome[] = [];
        while (outcomes.length < (seconds * 1_000) / COMPRESSED / EVERY_MS) {
          const [outcome] = await Promise.all([ask(models), sleep(EVERY_MS)]);
          outcomes.push(outcome);
        }
        return outcomes;
      };
      await models.fault({ mode: 'unavailable' });
      const { result: during, primary } = await models.counting(() => questions(60));
      await models.heal();
      const after = await questions(30);
      const later = await questions(6);
      expect(await models.phase()).toBe('closed');
      expectAll(during, fromFallback(models));
      // A dead model is asked by those before its circuit opens, and by probes.
      expect(primary).toBeLessThan(during.length);
      expectAll(after, { text: CANONICAL });
      expectAll(later, fromPrimary(models));
    },
  );

  it.concurrent(
    'is slow in its answer: cut at the deadline, which is said, for all who ask at once, and opens no circuit',
    () =>
      region.lend(async (models) => {
        await models.behave({ tokensPerSecond: fixed(5) });
        const { result, primary, fallback } = await models.counting(() => models.askAtOnce());
        for (const { tier, stopReason, text } of result) {
          expect([tier, stopReason]).toEqual(['primary', 'deadline']);
          expect(text).not.toBe('');
        }
        expect([primary, fallback]).toEqual([CALLERS, 0]);
        expect(await models.phase()).toBe('closed');
      }),
  );

  it.concurrent.each(WAYS.flatMap(([way, ask]) => SCENARIOS.map((each) => ({ ...each, way, ask }))))(
    '$when: by $way',
    ({ ask, ...each }) => meet(each, ask),
  );

  inEachWay(
    'S11: ends its stream after its stop reason, without its last event: its own, for it is whole',
    async (models, ask) => {
      // The event before its last: there are not so many.
      for (const mode of ['stream_end', 'stream_silence']) {
        await models.heal();
        await models.fault({ mode, events: 10_000 });
        const { result, primary, fallback, failures } = await models.counting(() => ask(models));
        expect(result).toMatchObject({ ...fromPrimary(models), stopReason: 'end_turn', tokens: 0 });
        expect([primary, fallback, failures]).toEqual([1, 0, []]);
      }
    },
  );

  inEachWay(
    'S13: refuses by its content filter: said as such, with no second try anywhere',
    async (models, ask, way) => {
      await models.fault({ mode: 'filter_refused' });
      const { result, primary, fallback } = await models.counting(() => ask(models));
      expect(result).toMatchObject(
        way === 'POST /'
          ? { tier: 'primary', stopReason: 'content_filtered' }
          : { error: { code: 'content_filter', status: 400 } },
      );
      expect([primary, fallback]).toEqual([1, 0]);
    },
  );

  inEachWay(
    'S14: is cut off, and whose fallback refuses to continue words that it did not say: whole, by the fallback',
    async (models, ask, way) => {
      await models.fault({ mode: 'reset_mid_body' });
      const question = `Hi, by ${way}?`;
      const { result, primary, fallback } = await models.counting(() => ask(models, question));
      expect(result).toMatchObject(fromFallback(models));
      expect([primary, fallback]).toEqual([1, 1]);
      const asked = region.server.asked.filter(({ messages }) =>
        messages.some(({ content }) => content === question),
      );
      expect(asked.map(({ messages }) => messages.at(-1)?.role)).toEqual(['user', 'user']);
    },
  );

  inEachWay(
    'is too small for it, as is the fallback: the caller’s to shorten, after one call of each',
    async (models, ask, way) => {
      await models.fault({ mode: 'too_long' });
      await models.fault({ mode: 'too_long', model: models.fallback });
      const { result, primary, fallback } = await models.counting(() => ask(models));
      expect(result.error).toMatchObject(
        way === 'POST /' ? { field: 'question' } : { code: 'context_length_exceeded', status: 400 },
      );
      expect([primary, fallback]).toEqual([1, 1]);
    },
  );

  inEachWay(
    'fails, and whose fallback rejects what it is sent: an honest word, after one call of the fallback',
    async (models, ask) => {
      await models.fault({ mode: 'error' });
      await models.fault({ mode: 'validation', model: models.fallback });
      const { result, primary, fallback } = await models.counting(() => ask(models));
      expect(result).toMatchObject({ tier: 'degraded', text: defaultModelConfig.maintenanceMessage });
      expect([primary, fallback]).toEqual([2, 1]);
    },
  );

  inEachWay('S16: fails, is charged nothing, and the fallback all', async (models, ask) => {
    for (const mode of ['error', 'reset_mid_body']) {
      await models.heal();
      await models.fault({ mode });
      const [ofPrimary, ofFallback] = await models.inputTokens();
      const { tokens } = await ask(models);
      expect(tokens).toBe(20);
      expect(await models.inputTokens()).toEqual([ofPrimary, ofFallback + 20]);
    }
  });
});

describe('of OpenAI’s protocol, a stream', () => {
  const BREAKS = [
    ['S08: is cut off', { mode: 'reset_mid_body' }],
    ['S09: falls silent', { mode: 'stream_silence' }],
    ['S10: sends a broken event', { mode: 'stream_corrupt' }],
  ] as const;
  const INTERRUPTED = () => ({ error: { code: 'answer_interrupted', status: undefined } });
  const GOINGS_ON = [
    ['goes on with it', 'further', 'type', fromFallback, 1],
    ['begins something else', 'astray', 'type', INTERRUPTED, 1],
    ['is not to go on with it', 'further', 'restarting', INTERRUPTED, 0],
  ] as const;

  it.concurrent.each(
    BREAKS.flatMap(([breaks, fault]) => GOINGS_ON.map((goes) => [breaks, ...goes, fault] as const)),
  )(
    'whose model %s and whose fallback %s is whole, or ends with an error',
    (_, __, goesOn, type, answered, calls, fault) =>
      region.lend(async (models) => {
        await models.fault(fault);
        const { result, primary, fallback } = await models.counting(() =>
          askStreamed(models, `Go ${goesOn}.`, models[type]),
        );
        expect(result).toMatchObject(answered(models));
        expect([primary, fallback]).toEqual([1, calls]);
      }),
  );
});

describe('a model that stays away', () => {
  it.concurrent.each(['throttle', 'unavailable'])(
    'with %s is tried twice a question until its circuit opens, then left alone',
    (mode) =>
      region.lend(async (models) => {
        await models.fault({ mode });
        const opening = await models.counting(() => models.askUntilOpen());
        expectAll(opening.result, fromFallback(models));
        expect(opening.primary).toBeLessThanOrEqual(2 * opening.result.length);
        expect(opening.fallback).toBe(opening.result.length);

        await models.letReadsAge();
        // One after the other: of many reads at once, a busy machine has some come too late to be waited for.
        const after = await models.counting(async () => [
          await askPlainly(models),
          await askPlainly(models),
          await askPlainly(models),
          await askPlainly(models),
        ]);
        expectAll(after.result, fromFallback(models));
        // Probes, which are not retried.
        expect(after.primary).toBeLessThanOrEqual(2);
      }),
  );

  it.concurrent(
    'in dead silence costs callers who ask at once the first sign’s time, and its circuit opens',
    () =>
      region.lend(async (models) => {
        await models.fault({ mode: 'timeout' });
        const { result, primary, fallback, failures, durationsMs } = await models.counting(() =>
          models.askUntilOpen(),
        );
        expectAll(result, fromFallback(models));
        // One call a question: a silent model is not tried again.
        expect([primary, fallback]).toEqual([failures.length, result.length]);
        expect(primary).toBeLessThanOrEqual(result.length);
        expect(new Set(failures)).toEqual(new Set(['timeout']));
        expect(Math.min(...durationsMs)).toBeGreaterThanOrEqual(LIMITS.firstSignMs - 5);
        // The deadline for the first sign has ended them, not the tier's.
        expect(Math.max(...durationsMs)).toBeLessThan(BUDGET.primaryMs - 1_000);
      }),
  );

  it.concurrent('but for a moment, is waited for by all who ask at once', () =>
    region.lend(async (models) => {
      await models.behave({ timeToFirstTokenMs: fixed(LIMITS.firstSignMs / 3) });
      const { result, primary, fallback } = await models.counting(() => models.askAtOnce());
      expectAll(result, fromPrimary(models));
      expect([primary, fallback]).toEqual([CALLERS, 0]);
      expect(await models.phase()).toBe('closed');
    }),
  );
});
