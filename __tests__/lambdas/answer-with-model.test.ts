import type { FailureClass } from '../../contract/bedrock-failures';
import { untouched } from '../../contract/circuit';
import { CANARY_MAX_TOKENS } from '../../contract/failover';
import { answerWithModel } from '../../lambdas/tier/answer-with-model';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { exception, THROWN } from './failures';
import { counts, failing, says, scripted, stops, type Step } from './scripted-bedrock';
import {
  ANSWER,
  ANSWERING,
  bodyOf,
  event,
  FALLBACK,
  PRIMARY,
  QUESTION,
  RULES,
  setUpTier,
  type Line,
} from './tier-fixture';
import { skipTime } from '../support/skip-time';

skipTime();

/** Embedded metrics, without what CloudWatch's format adds around them. */
const metricsIn = (lines: readonly Line[], name: string) => lines.filter((line) => name in line);

/** What is said to the caller as an answer is no failure of the tier. */
const UNANSWERED = THROWN.filter(([row]) => REACTIONS[row].then !== 'answer');

describe('a caller whose tokens of the day are spent', () => {
  const spent = { secondsToWait: () => Promise.resolve(3_600), count: () => Promise.resolve(true) };

  it('is told until when, and no model is asked, nor its circuit', async () => {
    const bedrock = scripted(ANSWERING);
    const { tier, store, lines } = setUpTier(bedrock, { budget: spent });
    const read = jest.spyOn(store, 'read');
    const outcome = await answerWithModel(tier, event());
    expect(outcome).toMatchObject({ response: { status: 429, retryAfter: 3_600 } });
    expect(bodyOf(outcome)).toMatchObject({ error: { code: 'daily_tokens_spent' }, requestId: 'request-1' });
    expect([bedrock.calls, read.mock.calls]).toEqual([[], []]);
    expect(lines()).toEqual([
      expect.objectContaining({
        ...{ message: 'request_refused', caller: 'shop', status: 429, DailyTokensSpent: 1 },
      }),
    ]);
  });

  it('is told of a body that is wrong all the same', async () => {
    const { tier } = setUpTier(scripted(ANSWERING), { budget: spent });
    expect(await answerWithModel(tier, event({ body: '{' }))).toMatchObject({ response: { status: 400 } });
  });
});

it('what a request has used is counted for its caller, also where no answer came of it', async () => {
  const counted: unknown[] = [];
  const budget = {
    secondsToWait: () => Promise.resolve(undefined),
    count: ({ caller }: { readonly caller: string }, tokens: number) => {
      counted.push([caller, tokens]);
      return Promise.resolve(true);
    },
  };
  await answerWithModel(setUpTier(scripted(ANSWERING), { budget }).tier, event());
  await answerWithModel(setUpTier(scripted([stops('end_turn'), counts(7, 3)]), { budget }).tier, event());
  await answerWithModel(setUpTier(failing(new Error('away')), { budget }).tier, event());
  expect(counted).toEqual([
    ['shop', 10],
    ['shop', 10],
    ['shop', 0],
  ]);
});

it.each([
  ['the rest after its answer', true, [10_004, 10 - 10_004]],
  ['all of it after its answer where the table has not said so', false, [10_004, 10]],
])(
  'of what is longer than most questions, tokens are counted before a model answers, and %s',
  async (_, isConfirmed, expected) => {
    const counted: number[] = [];
    const budget = {
      secondsToWait: () => Promise.resolve(undefined),
      count: (__: unknown, tokens: number) => {
        counted.push(tokens);
        return Promise.resolve(isConfirmed);
      },
    };
    const history = ['user', 'assistant'].map((role) => ({ role, text: 'a'.repeat(20_000) }));
    const bedrock = scripted(ANSWERING);
    const converseStream = bedrock.converseStream.bind(bedrock);
    bedrock.converseStream = (...call) => {
      expect(counted).toEqual([10_004]);
      return converseStream(...call);
    };
    const body = JSON.stringify({ question: 'a'.repeat(16), history });
    await answerWithModel(setUpTier(bedrock, { budget }).tier, event({ body }));
    expect(counted).toEqual(expected);
  },
);

describe('a tier’s answer', () => {
  it('is the model’s, with where it came from', async () => {
    const { tier } = setUpTier(scripted(ANSWERING));
    const outcome = await answerWithModel(tier, event());
    expect(outcome).toMatchObject({ response: { status: 200 } });
    expect(bodyOf(outcome)).toEqual({
      answer: ANSWER,
      model: PRIMARY,
      tier: 'primary',
      degraded: false,
      region: 'us-east-1',
      requestId: 'request-1',
      stopReason: 'end_turn',
      usage: { inputTokens: 7, outputTokens: 3 },
    });
  });

  describe('with a guardrail', () => {
    const guardrail = { guardrailIdentifier: 'abc', guardrailVersion: '3', outputMessage: 'Not said.' };
    const marked = {
      messages: [{ role: 'user', content: [{ guardContent: { text: { text: QUESTION } } }] }],
      system: [{ text: expect.any(String) as unknown }],
      guardrailConfig: {
        guardrailIdentifier: 'abc',
        guardrailVersion: '3',
        streamProcessingMode: 'sync',
        trace: 'disabled',
      },
    };

    it.each(['primary', 'fallback'] as const)(
      'is held against it in the %s tier, the question apart from our instructions',
      async (name) => {
        const streaming = scripted(ANSWERING);
        await answerWithModel(setUpTier(streaming, { tier: name, guardrail }).tier, event());
        const whole = scripted(ANSWERING);
        const unstreamed = new Set([PRIMARY, FALLBACK]);
        await answerWithModel(setUpTier(whole, { tier: name, guardrail, unstreamed }).tier, event());
        expect([...streaming.calls, ...whole.calls]).toEqual([
          ['converseStream', expect.objectContaining(marked)],
          ['converse', expect.objectContaining(marked)],
        ]);
      },
    );

    it('that steps in is a result of its own, counted apart, and says nothing of the model it kept it from', async () => {
      const stopped = [says('Not asked.'), stops('guardrail_intervened'), counts(0, 0)];
      const { tier, store, lines } = setUpTier(scripted(stopped), { guardrail });
      const outcome = await answerWithModel(tier, event());
      expect(bodyOf(outcome)).toMatchObject({
        answer: 'Not asked.',
        tier: 'primary',
        degraded: false,
        stopReason: 'guardrail_intervened',
      });
      expect(metricsIn(lines(), 'GuardrailInterventions')).toMatchObject([{ tier: 'primary' }]);
      expect(metricsIn(lines(), 'NoModelAnswer')).toMatchObject([{ NoModelAnswer: 0 }]);
      expect(lines().filter(({ level }) => level !== undefined && level !== 'INFO')).toEqual([]);
      expect(store.writes).toBe(0);
    });

    it.each(THROWN.filter(([row]) => row.startsWith('guardrail_')))(
      'that cannot be applied lets nothing through: %s (%s)',
      async (row, _, error) => {
        const { tier, store } = setUpTier(failing(error), { guardrail });
        expect(await answerWithModel(tier, event())).toMatchObject({ unanswered: { reason: row } });
        expect(store.writes).toBe(0);
      },
    );
  });

  it('comes from the fallback model in the fallback tier', async () => {
    const bedrock = scripted(ANSWERING);
    const { tier } = setUpTier(bedrock, { tier: 'fallback' });
    expect(bodyOf(await answerWithModel(tier, event()))).toMatchObject({ model: FALLBACK, tier: 'fallback' });
    expect(bedrock.calls.map(([, { modelId }]) => modelId)).toEqual([FALLBACK]);
  });

  it('is logged in one line, with its metrics, and without a word of it', async () => {
    const { tier, lines } = setUpTier(scripted(ANSWERING));
    await answerWithModel(tier, event());
    const { timestamp, durationMs, ModelLatency, DeadlineUsed, _aws, ...fields } = lines()[0] ?? {};
    expect(lines()).toHaveLength(1);
    expect([timestamp, durationMs, ModelLatency, DeadlineUsed]).toEqual([
      expect.any(String),
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(fields).toEqual({
      level: 'INFO',
      message: 'answered',
      requestId: 'request-1',
      source: 'caller',
      caller: 'shop',
      tier: 'primary',
      model: PRIMARY,
      configurationVersion: 'v1',
      configurationSource: 'appconfig',
      circuit: 'closed',
      stopReason: 'end_turn',
      inputTokens: 7,
      outputTokens: 3,
      service: 'assistant',
      NoModelAnswer: 0,
      Answers: 1,
      InputTokens: 7,
      OutputTokens: 3,
    });
    expect(_aws).toMatchObject({
      CloudWatchMetrics: [
        { Namespace: 'assistant', Dimensions: [['service'], ['service', 'tier', 'source', 'model']] },
      ],
    });
  });

  it.each([
    ['half', 2_500, 50],
    ['none', 0, 0],
  ])('says how much of the tier’s time it took: %s', async (_, tookMs, percent) => {
    jest.useFakeTimers({ now: 100_000 });
    const { tier, lines } = setUpTier(scripted(ANSWERING), { deadlineMs: 5_000 });
    await answerWithModel(tier, event({ startedAt: new Date(100_000 - tookMs).toISOString() }));
    jest.useRealTimers();
    expect(lines()[0]).toMatchObject({ DeadlineUsed: percent });
  });

  it('is a refusal with the field at fault for what is no question, and no model is asked', async () => {
    const { tier, lines } = setUpTier(failing(new Error('was asked')));
    const outcome = await answerWithModel(tier, event({ body: '{}' }));
    expect(bodyOf(outcome)).toMatchObject({ error: { code: 'invalid_request', field: 'question' } });
    expect(lines()).toMatchObject([{ message: 'request_refused', status: 400, code: 'invalid_request' }]);
  });
});

describe('an answer to the canary', () => {
  const thinking = (budget_tokens: number) => ({
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens } },
  });

  it.each([
    ['no more than a word needs', 'canary', 4_096, {}, CANARY_MAX_TOKENS],
    ['what the rule allows, where that is less', 'canary', 100, {}, 100],
    ['a model’s thinking budget on top', 'canary', 4_096, thinking(1_024), CANARY_MAX_TOKENS + 1_024],
    ['the rule’s limit for everybody else', 'caller', 4_096, {}, 4_096],
  ] as const)('may have %s', async (_, source, maxTokens, fields, expected) => {
    const bedrock = scripted(ANSWERING);
    const rule = { ...RULES.default, maxTokens, primary: { modelId: PRIMARY, ...fields } };
    const current = () =>
      Promise.resolve({ config: { ...RULES, default: rule }, source: 'appconfig', version: 'v1' } as const);
    await answerWithModel(setUpTier(bedrock, { rules: { current } }).tier, event({ source }));
    expect(bedrock.calls[0]?.[1].inferenceConfig?.maxTokens).toBe(expected);
  });
});

describe('what a tier leaves to the next', () => {
  it.each([
    ['at the start', 0, 10],
    ['in the middle', 4_000, 6],
    ['a second, and no less, where the last tier’s deadline is over', 20_000, 1],
  ])('is told in whole seconds, with some time to say so: %s', async (_, msAgo, secondsLeft) => {
    const { tier } = setUpTier(failing('AccessDeniedException'));
    const startedAt = new Date(Date.now() - msAgo).toISOString();
    expect(await answerWithModel(tier, event({ startedAt }))).toMatchObject({ unanswered: { secondsLeft } });
  });
});

describe('a failure of a model', () => {
  it.each(UNANSWERED)('%s (%s) is met as the table says', async (failure, _, error) => {
    const reaction = REACTIONS[failure];
    const { tier, lines } = setUpTier(failing(error), { deadlineMs: 1_500 });
    expect(await answerWithModel(tier, event())).toEqual({
      unanswered: {
        reason: failure,
        maintenanceMessage: RULES.maintenanceMessage,
        secondsLeft: expect.any(Number) as number,
      },
    });
    const attempts = lines().filter(({ message }) => message === 'model_call_failed');
    expect(attempts).toHaveLength(1 + reaction.retries);
    for (const line of attempts)
      expect(line).toMatchObject({
        level: reaction.alarms ? 'ERROR' : 'WARN',
        failure,
        model: PRIMARY,
        circuit: 'closed',
      });
    expect(metricsIn(lines(), 'Retries')).toHaveLength(reaction.retries);
    const isOfModel = reaction.cause === 'service' || reaction.cause === 'configuration';
    const alarmed = reaction.alarms ? 1 + reaction.retries : 0;
    expect(metricsIn(lines(), 'ModelNeedsAttention')).toHaveLength(isOfModel ? alarmed : 0);
    expect(metricsIn(lines(), 'QuestionsNeedAttention')).toHaveLength(isOfModel ? 0 : alarmed);
    expect(metricsIn(lines(), 'FallbackReasons')).toMatchObject([{ tier: 'primary', reason: failure }]);
    expect(lines().at(-2)).toMatchObject({
      level: 'WARN',
      message: 'tier_unanswered',
      caller: 'shop',
      failure,
    });
  });

  it.each(THROWN)('%s (%s) opens the circuit only where it counts', async (failure, _, error) => {
    const { tier, circuitOf } = setUpTier(failing(error), { deadlineMs: 600 });
    for (let calls = 0; calls < 3; calls += 1) await answerWithModel(tier, event());
    expect(circuitOf(PRIMARY).state).toBe(REACTIONS[failure].counts === 'bad' ? 'open' : 'closed');
  });

  it('is logged with the number of its attempt, and with how long that took', async () => {
    const throttled = exception('ThrottlingException');
    const { tier, lines } = setUpTier(scripted([30, throttled], [70, throttled]));
    await answerWithModel(tier, event());
    expect(lines().filter(({ message }) => message === 'model_call_failed')).toMatchObject([
      { attempt: 1, durationMs: 30 },
      { attempt: 2, durationMs: 70 },
    ]);
  });

  it.each([
    ['its name', exception('NewException', 'It quotes what it likes.'), 'NewException'],
    ['the longest name', exception('E'.repeat(64)), 'E'.repeat(64)],
    ['no name that is longer', exception('E'.repeat(65)), undefined],
    ['no name that is a text', exception('Not known'), undefined],
    ['no name that is none', { name: true }, undefined],
    ['no name where nothing was thrown', undefined, undefined],
  ])('that nobody knows is logged with %s', async (_, error, expected) => {
    const { tier, lines } = setUpTier(failing(error));
    await answerWithModel(tier, event());
    const { failure, error: logged } = lines()[0] ?? {};
    expect([failure, logged]).toEqual(['unknown', expected]);
  });

  it('that is known is logged without: its row says all of it', async () => {
    const { tier, lines } = setUpTier(failing(exception('AccessDeniedException')));
    await answerWithModel(tier, event());
    expect(lines()[0]).toMatchObject({ failure: 'access_denied' });
    expect(lines()[0]).not.toHaveProperty('error');
  });

  it.each([
    ['twice while the circuit is closed', 'closed', 'caller', 2],
    ['once by a probe', 'half_open', 'caller', 1],
    ['once by a canary’s probe', 'half_open', 'canary', 1],
  ] as const)('that may pass is met %s', async (_, phase, source, calls) => {
    const bedrock = scripted([exception('ThrottlingException')]);
    const { tier, store } = setUpTier(bedrock);
    if (phase === 'half_open') store.items.set(PRIMARY, { ...untouched(PRIMARY), version: 1, state: 'open' });
    await answerWithModel(tier, event({ source }));
    expect(bedrock.calls).toHaveLength(calls);
  });

  it('is not even met while the circuit is open: the next tier is due at once', async () => {
    const { tier, store, lines } = setUpTier(failing(new Error('was asked')));
    const openUntil = Date.now() + 60_000;
    store.items.set(PRIMARY, { ...untouched(PRIMARY), version: 1, state: 'open', openUntil });
    expect(await answerWithModel(tier, event())).toMatchObject({ unanswered: { reason: 'circuit_open' } });
    expect(lines()).toMatchObject([
      { message: 'tier_unanswered', failure: 'circuit_open', circuit: 'open' },
      { reason: 'circuit_open', FallbackReasons: 1 },
    ]);
  });

  it('is the caller’s, with 400, where the question is too long for the larger model as well', async () => {
    const error = new Error('Input is too long for requested model.');
    const tooLong = failing(Object.assign(error, { name: 'ValidationException' }));
    const primary = setUpTier(tooLong);
    expect(await answerWithModel(primary.tier, event())).toMatchObject({
      unanswered: { reason: 'input_too_long' },
    });
    const fallback = setUpTier(tooLong, { tier: 'fallback' });
    expect(bodyOf(await answerWithModel(fallback.tier, event()))).toMatchObject({
      error: { code: 'invalid_request', field: 'question' },
    });
  });

  it('never brings a word of the question or of the answer into the log', async () => {
    const quoting = (name: string) => Object.assign(new Error(`${QUESTION} ${ANSWER}`), { name });
    for (const name of ['ValidationException', 'ThrottlingException', 'Unheard', 'SyntaxError', QUESTION]) {
      const { tier, written } = setUpTier(failing(quoting(name)), { deadlineMs: 600 });
      await answerWithModel(tier, event());
      await answerWithModel(tier, event({ body: `{"question":7,"${QUESTION}":1}` }));
      await answerWithModel(tier, event({ body: QUESTION }));
      expect(written.length).toBeGreaterThan(3);
      expect(written.join()).not.toMatch(/canary/);
    }
  });
});

describe('the time of a tier', () => {
  it('counts from the execution’s start', async () => {
    const { tier } = setUpTier(scripted(ANSWERING));
    const startedAt = new Date(Date.now() - 4_900).toISOString();
    const outcome = await answerWithModel(tier, event({ startedAt }));
    expect(outcome).toMatchObject({ unanswered: { reason: 'out_of_time' satisfies FailureClass } });
  });

  it('is never longer than a tier may take, on a clock that is late', async () => {
    const silent: readonly Step[] = [10_000];
    const { tier } = setUpTier(scripted(silent), { deadlineMs: 400 });
    const startedAt = new Date(Date.now() + 60_000).toISOString();
    const outcome = await answerWithModel(tier, event({ startedAt }));
    expect(outcome).toMatchObject({ unanswered: { reason: 'timeout' } });
  });
});
