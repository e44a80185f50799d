import type { FailureClass } from '../../contract/bedrock-failures';
import { CANARY_MAX_TOKENS } from '../../contract/failover';
import { answerWithModel } from '../../lambdas/tier/answer-with-model';
import { THROWN } from './failures';
import { counts, failing, says, scripted, stops, type Step } from './scripted-bedrock';
import {
  ANSWER,
  ANSWERING,
  bodyOf,
  event,
  FALLBACK,
  metricsIn,
  PRIMARY,
  QUESTION,
  RULES,
  setUpTier,
} from './tier-fixture';
import { skipTime } from '../support/skip-time';

skipTime();

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

  it('is answered by the fallback where the primary has let the question in, and its tokens are counted', async () => {
    const count = jest.fn(() => Promise.resolve(true));
    const budget = { ...spent, count };
    const { tier } = setUpTier(scripted(ANSWERING), { tier: 'fallback', budget });
    expect(await answerWithModel(tier, event())).toMatchObject({ response: { status: 429 } });
    expect(await answerWithModel(tier, event({ isAdmitted: true }))).toMatchObject({
      response: { status: 200 },
    });
    expect(count.mock.calls).toEqual([[expect.objectContaining({ caller: 'shop' }), 10, expect.any(Number)]]);
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
