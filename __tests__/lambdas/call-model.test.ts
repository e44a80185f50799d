import type { FailureClass } from '../../contract/bedrock-failures';
import { retryAfterMs } from '../../lambdas/tier/call-model';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { skipTime } from '../support/skip-time';
import { call, LIMITS, LONG_MS, MODEL, reply, rule } from './call-model-fixture';
import { exception, THROWN } from './failures';
import { counts, says, scripted, start, stops, thinks, type Step } from './scripted-bedrock';

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
