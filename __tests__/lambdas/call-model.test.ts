import fc from 'fast-check';
import type { FailureClass } from '../../contract/bedrock-failures';
import type { ModelChoice } from '../../contract/model-config';
import { retryAfterMs, type CallOptions } from '../../lambdas/tier/call-model';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { skipTime } from '../support/skip-time';
import { call, LIMITS, LONG_MS, MODEL, rule } from './call-model-fixture';
import { exception, THROWN } from './failures';
import { counts, says, scripted, start, stops, thinks, type Step } from './scripted-bedrock';

const reply = (text: string, stopReason: string, [inputTokens, outputTokens] = [0, 0]) => ({
  reply: { text, stopReason, usage: { inputTokens, outputTokens } },
});
const filtered = (stopReason: string, filter: 'refused' | 'stopped') => ({
  reply: { ...reply(expect.stringMatching(/filter/) as string, stopReason).reply, filter },
});

skipTime();

describe('what a model says', () => {
  it.each<[string, readonly Step[], object]>([
    [
      'a text',
      [start, says('Hel'), says('lo'), stops('end_turn'), counts(7, 3)],
      reply('Hello', 'end_turn', [7, 3]),
    ],
    [
      'thoughts before it',
      [start, thinks('Hm.'), says('Hello'), stops('end_turn')],
      reply('Hello', 'end_turn'),
    ],
    ['a cut text', [start, says('Hel'), stops('max_tokens')], reply('Hel', 'max_tokens')],
    ['one cut in a character', [start, says('Hel\ud83d'), stops('max_tokens')], reply('Hel', 'max_tokens')],
    ['an unlisted stop reason', [start, says('Hel'), stops('new')], reply('Hel', 'new')],
    ['a filter', [start, stops('content_filtered')], filtered('content_filtered', 'stopped')],
    [
      'a guardrail’s words',
      [says('No.'), stops('guardrail_intervened'), counts(7, 3)],
      reply('No.', 'guardrail_intervened', [7, 3]),
    ],
    ['a refusal', [start, stops('refusal')], filtered('refusal', 'stopped')],
    ['silence after its end', [says('Hello'), stops('end_turn'), LONG_MS], reply('Hello', 'end_turn')],
    [
      'an error after its end',
      [says('Hello'), stops('end_turn'), new Error('late')],
      reply('Hello', 'end_turn'),
    ],
  ])('is the answer: %s', async (_, steps, expected) => {
    expect((await call(scripted(steps))).result).toEqual(expected);
  });

  it('is the guardrail’s message alone where it stopped an answer that had begun, else all that is left', async () => {
    const guardrail = { guardrailIdentifier: 'abc', guardrailVersion: '3', outputMessage: 'Not said.' };
    const said = async (text: string, stopReason: string) => {
      const steps = [says('Your card is '), says(text), stops(stopReason), counts(7, 3)];
      const { result } = await call(scripted(steps), { guardrail });
      return 'reply' in result ? result.reply.text : result;
    };
    expect(await said('Not said.', 'guardrail_intervened')).toBe('Not said.');
    expect(await said('{CARD}.', 'guardrail_intervened')).toBe('Your card is {CARD}.');
    expect(await said('Not said.', 'end_turn')).toBe('Your card is Not said.');
  });

  it('is the guardrail’s word of a question that it kept from the model, of which it then says nothing', async () => {
    const { result } = await call(scripted([says('No.'), stops('guardrail_intervened'), counts(0, 0)]));
    const no = reply('No.', 'guardrail_intervened').reply;
    expect(result).toEqual({ reply: { ...no, filter: 'stopped' }, failure: 'guardrail_intervened' });
  });

  it.each<[FailureClass, string, readonly Step[]]>([
    ['timeout', 'nothing', [LONG_MS]],
    ['stalled', 'nothing more', [start, says('Hel'), LONG_MS]],
    ['stalled', 'nothing more of its thoughts', [start, thinks('Hm.'), LONG_MS]],
    ['connection_lost', 'an end without a stop reason', [start, says('Hel')]],
    ['throttled', 'a throttle in the middle', [start, says('Hel'), exception('ThrottlingException')]],
    ['model_error', 'an error in the middle', [start, says('Hel'), exception('ModelStreamErrorException')]],
    ['no_answer', 'no text', [start, stops('end_turn')]],
    ['no_answer', 'a blank text', [start, says(' \n\u200B'), stops('end_turn')]],
    ['no_answer', 'thoughts alone', [start, thinks('Hm.'), stops('end_turn')]],
    ['no_answer', 'no text, with an unlisted stop reason', [start, stops('new')]],
    ['no_answer', 'malformed output', [start, says('{'), stops('malformed_model_output')]],
    ['budget_spent', 'thoughts until the token limit', [start, thinks('Hm.'), stops('max_tokens')]],
    ['budget_spent', 'blanks until the token limit', [start, says('\n\n'), stops('max_tokens')]],
  ])('is no answer, but %s: %s', async (failure, _, steps) => {
    const { result, seen, tookMs } = await call(scripted(steps), { maxRetries: 0 });
    expect(result).toEqual({ failure });
    expect(seen).toEqual([`${failure} 1`]);
    expect(tookMs).toBe(steps.includes(LONG_MS) ? LIMITS.gapMs : 0);
  });

  it('is awaited as long as it shows that it lives', async () => {
    const slow = [
      start,
      ...Array.from({ length: 8 }, () => [30, thinks('Hm.')]).flat(),
      says('Hi'),
      stops('end_turn'),
    ];
    expect((await call(scripted(slow))).result).toEqual(reply('Hi', 'end_turn'));
  });
});

describe('the tier’s time, when it is up', () => {
  const talking = Array.from({ length: 50 }, (_, at) => [says(`${at} `), 20]).flat();
  const thinking = Array.from({ length: 50 }, () => [thinks('Hm.'), 20]).flat();

  it('gives what a model has said, as a cut answer', async () => {
    const { result, seen } = await call(scripted(talking), { budgetMs: 400 });
    expect(result).toEqual(reply(expect.stringMatching(/^0 1 2 /) as string, 'deadline'));
    expect(seen).toEqual([]);
  });

  it('hands over to the next tier where the rule asks for it', async () => {
    const { result } = await call(scripted(talking), {
      budgetMs: 400,
      rule: { ...rule, atDeadline: 'next_tier' },
    });
    expect(result).toEqual({ failure: 'unfinished' });
  });

  const silent = [start, thinks('Hm.'), LONG_MS];
  const model = (modelId: string, fields?: ModelChoice['additionalModelRequestFields']) => ({
    model: { modelId, firstSignMs: 60, ...(fields && { additionalModelRequestFields: fields }) },
  });
  const OFF = { thinking: { type: 'disabled' } };
  it.each<[FailureClass, string, readonly Step[], Partial<CallOptions>]>([
    ['unfinished', 'a model that still thinks', thinking, {}],
    ['unfinished', 'one that always does, in silence', silent, model('us.anthropic.claude-sonnet-5-5')],
    ['unfinished', 'one that does unless told not to', silent, model('global.anthropic.claude-haiku-5-5')],
    [
      'unfinished',
      'one that was asked to',
      silent,
      model('us.amazon.nova-2-lite-v1:0', { reasoningConfig: { type: 'enabled' } }),
    ],
    ['unfinished', 'one that is not known', silent, model('us.vendor.model', OFF)],
    [
      'unfinished',
      'one that may, for longer than its own gap',
      silent,
      { model: { ...LIMITS, modelId: 'us.anthropic.claude-sonnet-5-5' } },
    ],
    [
      'stalled',
      'one that may, but has begun to speak',
      [start, says('Hel'), LONG_MS],
      { model: { ...LIMITS, modelId: 'us.anthropic.claude-sonnet-5-5' } },
    ],
    [
      'stalled',
      'one that was told not to',
      silent,
      { model: { ...LIMITS, modelId: 'us.anthropic.claude-haiku-5-5', additionalModelRequestFields: OFF } },
    ],
    [
      'out_of_time',
      'one whose first sign was due later',
      [LONG_MS],
      { model: { ...MODEL, firstSignMs: LONG_MS } },
    ],
    [
      'timeout',
      'one that was silent for a tier’s least time',
      [LONG_MS],
      { model: { modelId: MODEL.modelId } },
    ],
    [
      'out_of_time',
      'one that had little of a tier’s least time',
      [LONG_MS],
      { model: { modelId: MODEL.modelId }, leastMs: LONG_MS },
    ],
    [
      'out_of_time',
      'one that may still read a conversation longer than a question can be',
      [LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(16_000) }] },
    ],
    [
      'out_of_time',
      'one that has begun, and may still read it',
      [start, LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(16_000) }] },
    ],
    [
      'stalled',
      'one that has begun, and has a shorter one to read',
      [start, LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(15_000) }] },
    ],
    [
      'out_of_time',
      'one that may still read what its caller’s application adds to a long question',
      [LONG_MS],
      { question: '§'.repeat(8_000), rule: { ...rule, callerPrompt: '§'.repeat(8_000) } },
    ],
    [
      'timeout',
      'one that has a shorter one to read',
      [LONG_MS],
      { turns: [{ question: 'Hi?', answer: '§'.repeat(15_000) }] },
    ],
    ['out_of_time', 'a model without streaming', [LONG_MS], { model: { ...MODEL, streams: false } }],
  ])('is %s for %s', async (failure, _, steps, changes) => {
    const { result, tookMs } = await call(scripted(steps), { budgetMs: 400, ...changes });
    expect(result).toEqual({ failure });
    expect(tookMs).toBeLessThanOrEqual(400);
  });

  it('is not waited for as long as for a first sign once there was one', async () => {
    const { result, tookMs } = await call(scripted([start, LONG_MS]), {
      model: { ...MODEL, firstSignMs: 3_000 },
      maxRetries: 0,
    });
    expect([result, tookMs]).toEqual([{ failure: 'stalled' }, MODEL.gapMs]);
  });

  it('is not waited for to its end where a model that may think falls silent', async () => {
    const { result, tookMs } = await call(scripted(silent), {
      ...model('us.anthropic.claude-sonnet-5-5'),
      budgetMs: 15_000,
    });
    expect([result, tookMs]).toEqual([{ failure: 'unfinished' }, 8_000]);
  });

  const GUARDRAIL = { guardrailIdentifier: 'abc', guardrailVersion: '3', outputMessage: 'Not said.' };
  const nova = { modelId: MODEL.modelId };
  const thoughtful = { modelId: 'us.anthropic.claude-sonnet-5-5' };
  it.each<[string, ModelChoice, readonly Step[]]>([
    ['before its first sign', nova, [7_900, says('Hello'), stops('end_turn')]],
    ['before its first word', nova, [start, 7_900, says('Hello'), stops('end_turn')]],
    [
      'before the first word of one that may think',
      thoughtful,
      [start, 10_900, says('Hello'), stops('end_turn')],
    ],
    ['in its middle', nova, [says('Hel'), 7_900, says('lo'), stops('end_turn')]],
  ])('leaves a guardrail the time to judge what it holds back %s', async (_, asked, steps) => {
    const waited = { model: asked, budgetMs: 15_000 };
    expect((await call(scripted(steps), { ...waited, guardrail: GUARDRAIL })).result).toEqual(
      reply('Hello', 'end_turn'),
    );
    // Without one, that is nobody's but the model's.
    expect((await call(scripted(steps), waited)).result).toMatchObject({
      failure: expect.any(String) as string,
    });
  });

  it.each<[FailureClass, number, number, readonly Step[]]>([
    ['timeout', 8_000, 15_000, [LONG_MS]],
    ['stalled', 8_000, 15_000, [says('Hel'), LONG_MS]],
    ['timeout', 6_000, 6_000, [LONG_MS]],
  ])(
    'is %s after %d ms of a tier’s %d all the same where nothing comes by a guardrail',
    async (failure, afterMs, budgetMs, steps) => {
      const options = { model: nova, guardrail: GUARDRAIL, budgetMs, maxRetries: 0 };
      const { result, tookMs } = await call(scripted(steps), options);
      expect([result, tookMs]).toEqual([{ failure }, afterMs]);
    },
  );

  it.each<[FailureClass, string, Partial<CallOptions>]>([
    ['timeout', 'without a guardrail', {}],
    ['out_of_time', 'with one, which may hold an answer back', { guardrail: GUARDRAIL }],
  ])('is %s after a silence of 7 of a tier’s 20 s %s', async (failure, _, changes) => {
    const late = { model: nova, leastMs: 20_000, budgetMs: 7_000, maxRetries: 0 };
    expect((await call(scripted([LONG_MS]), { ...late, ...changes })).result).toEqual({ failure });
  });

  const ms = (max: number) => fc.option(fc.integer({ min: 100, max }), { nil: undefined });
  it('counts against a model that says nothing at all, whatever is configured within its tier’s time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1_000, max: 27_000 })
          .chain((budgetMs) => fc.tuple(fc.constant(budgetMs), ms(budgetMs))),
        ms(30_000),
        fc.boolean(),
        async ([budgetMs, firstSignMs], gapMs, isJudged) => {
          const limits = { ...(firstSignMs && { firstSignMs }), ...(gapMs && { gapMs }) };
          const { result, tookMs } = await call(scripted([30_000]), {
            ...{ model: { ...nova, ...limits }, budgetMs, maxRetries: 0 },
            ...(isJudged && { guardrail: GUARDRAIL }),
          });
          expect(result).toEqual({ failure: 'timeout' });
          expect(tookMs).toBeLessThanOrEqual(budgetMs);
        },
      ),
    );
    expect(REACTIONS.timeout.counts).toBe('bad');
  });

  it('says nothing of a second attempt that had little of it', async () => {
    const bedrock = scripted([exception('ThrottlingException')], [LONG_MS]);
    const { result } = await call(bedrock, {
      budgetMs: 500,
      leastMs: 1_000,
      model: { modelId: MODEL.modelId },
    });
    expect(result).toEqual({ failure: 'out_of_time' });
  });

  it('leaves no attempt without time', async () => {
    const { result, seen, calls } = await call(scripted([]), { budgetMs: 100 });
    expect([result, seen, calls]).toEqual([{ failure: 'out_of_time' }, [], []]);
  });
});

describe('an instance that stood still itself', () => {
  it.each<[string, readonly Step[], object, number]>([
    [
      'does not take that for a model’s silence',
      [100, says('Hello'), stops('end_turn')],
      reply('Hello', 'end_turn'),
      300,
    ],
    [
      'has nothing to say of a model that then has no time left',
      [LONG_MS],
      { failure: 'out_of_time' },
      5_000,
    ],
    ['says of a model that it is silent where it stays so', [LONG_MS], { failure: 'timeout' }, 300],
  ])('%s', async (_, steps, expected, stoodStillMs) => {
    // Its timers wait, and its clock goes on.
    setTimeout(() => {
      jest.setSystemTime(Date.now() + stoodStillMs);
    }, 30);
    expect((await call(scripted(steps), { maxRetries: 0 })).result).toEqual(expected);
  });
});

describe('what a caller has had a part in', () => {
  const refusal = (message: string) => scripted([exception('ValidationException', message)]);
  const system = "This model doesn't support the system field. Remove system and try again.";
  const limit = 'The maximum tokens you requested exceeds the model limit of 50.';

  it.each<[FailureClass, string, ReturnType<typeof scripted>, object]>([
    ['misconfigured', 'a system prompt that is not taken', refusal(system), {}],
    ['request_rejected', 'one that a caller has added to', refusal(system), { callerPrompt: 'Be kind.' }],
    ['misconfigured', 'a limit, whatever a caller has added', refusal(limit), { callerPrompt: 'Be kind.' }],
    ['request_rejected', 'a limit that a caller has lowered', refusal(limit), { isLowered: true }],
    ['budget_spent', 'thoughts alone', scripted([start, thinks('Hm.'), stops('max_tokens')]), {}],
    [
      'no_answer',
      'thoughts alone within a limit that a caller has lowered',
      scripted([start, thinks('Hm.'), stops('max_tokens')]),
      { isLowered: true },
    ],
  ])('is %s: %s', async (failure, _, bedrock, asked) => {
    expect((await call(bedrock, { rule: { ...rule, ...asked } })).result).toEqual({ failure });
  });

  it.each<[FailureClass, string, number]>([
    ['connection_lost', 'little', 0],
    ['unfinished', 'longer than a model may be silent', 100],
  ])('is %s where a stream breaks off whose caller kept it waiting %s', async (failure, _, slowMs) => {
    const lost = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    const { result } = await call(scripted([start, says('Hel'), lost]), {
      reader: {
        onText: () => new Promise((resolve) => setTimeout(resolve, slowMs)),
        left: new AbortController().signal,
        speakUntil: Date.now() + LONG_MS,
      },
    });
    expect(result).toEqual({ failure });
  });
});

describe('a failed call', () => {
  it.each(THROWN.filter(([row]) => row !== 'content_filtered'))(
    'is tried again as often as the table says for %s (%s)',
    async (row, _, error) => {
      const bedrock = scripted([]);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- or nothing at all
      bedrock.converseStream = () => Promise.reject(error);
      const { result, seen } = await call(bedrock);
      expect(result).toEqual({ failure: row });
      expect(seen).toHaveLength(1 + REACTIONS[row].retries);
    },
  );

  it('answers after a retry, and tells of the failure before', async () => {
    const bedrock = scripted([exception('ThrottlingException')], [says('Hello'), stops('end_turn')]);
    const { result, seen } = await call(bedrock);
    expect(result).toEqual(reply('Hello', 'end_turn'));
    expect(seen).toEqual(['throttled 1']);
  });

  it('is an answer where a filter refused the question', async () => {
    const { result } = await call(scripted([exception('ValidationException', 'Blocked by content filters')]));
    expect(result).toEqual({ ...filtered('content_filtered', 'refused'), failure: 'content_filtered' });
  });

  it.each([
    ['0.05', 2, 50],
    ['3', 1, 0],
    ['60', 1, 0],
  ])('waits for Retry-After: %s no longer than is configured: %d attempts', async (seconds, attempts, ms) => {
    const patient = Object.assign(exception('ThrottlingException'), {
      $response: { headers: { 'retry-after': seconds } },
    });
    const { calls, tookMs } = await call(scripted([patient]));
    expect([calls.length, tookMs]).toEqual([attempts, ms]);
  });

  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }, 2_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('reads Retry-After from %j', (headers, expected) => {
    expect(retryAfterMs({ $response: { headers } }, 1_000)).toBe(expected);
  });
});

describe('a model that does not stream', () => {
  const answer = [says('Hello'), stops('end_turn')];

  it('is called by Converse where the rules say so', async () => {
    const { result, calls } = await call(scripted(answer), { model: { ...MODEL, streams: false } });
    expect(result).toEqual(reply('Hello', 'end_turn', [7, 3]));
    expect(calls).toEqual(['converse']);
  });

  it('is found out once, and remembered', async () => {
    const unstreamed = new Set<string>();
    const refusal = exception('ValidationException', 'The model is unsupported for streaming');
    const bedrock = scripted([refusal], answer);
    const first = await call(bedrock, { unstreamed });
    expect([first.result, first.seen]).toEqual([reply('Hello', 'end_turn', [7, 3]), []]);
    const second = await call(bedrock, { unstreamed });
    expect(second.calls).toEqual(['converseStream', 'converse', 'converse']);
  });
});

describe('what a model is sent', () => {
  it('is the rule’s, with what is its own', async () => {
    const bedrock = scripted([says('Hello'), stops('end_turn')]);
    const additionalModelRequestFields = { thinking: { type: 'disabled' } };
    const inference = { temperature: 0.5, topP: 0.9, stopSequences: ['END'] };
    await call(bedrock, { model: { ...MODEL, maxTokens: 50, inference, additionalModelRequestFields } });
    expect(bedrock.calls[0]?.[1]).toEqual({
      modelId: MODEL.modelId,
      system: [{ text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ text: 'Why?' }] }],
      inferenceConfig: { maxTokens: 50, ...inference },
      additionalModelRequestFields,
    });
  });

  it('has no parameter that is not configured', async () => {
    const bedrock = scripted([says('Hello'), stops('end_turn')]);
    await call(bedrock);
    expect(bedrock.calls[0]?.[1].inferenceConfig).toEqual({ maxTokens: 100 });
    expect(bedrock.calls[0]?.[1]).not.toHaveProperty('additionalModelRequestFields');
  });
});
