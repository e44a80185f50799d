import { exception } from '../failures';
import { counts, says, stops, thinks, type Step } from '../scripted-bedrock';
import { ANSWER, ANSWERING, FALLBACK, metricsIn, PRIMARY, QUESTION } from '../tier-fixture';
import { KeptResponse, rulesWith, setUpChat } from './chat-fixture';
import { skipTime } from '../../support/skip-time';

skipTime();

const LONG_MS = 10_000;
const BROKEN = exception('ModelStreamErrorException');
const TOO_LONG = exception('ValidationException', 'Input is too long for requested model.');
const GUARDRAIL = { guardrailIdentifier: 'g', guardrailVersion: '1', outputMessage: 'I cannot say that.' };

describe('a streamed answer', () => {
  it('is told as it is said, from the first visible character on', async () => {
    const said: readonly Step[] = [says(' \n'), says('One'), says(' two'), stops('end_turn'), counts(7, 3)];
    const { ask, counted, lines } = setUpChat({ primary: [said] });
    const { response, events, text } = await ask();
    expect([response.status, response.headers['Content-Type']]).toEqual([200, 'text/event-stream']);
    const from = { tier: 'primary', model: PRIMARY };
    expect(events).toEqual([
      { name: 'start', data: { requestId: 'request-1', region: 'us-east-1', ...from } },
      { name: 'delta', data: { text: ' \nOne' } },
      { name: 'delta', data: { text: ' two' } },
      {
        name: 'end',
        data: {
          complete: true,
          ...from,
          stopReason: 'end_turn',
          usage: { inputTokens: 7, outputTokens: 3 },
          degraded: false,
        },
      },
    ]);
    expect(text).toBe(' \nOne two');
    expect(counted).toEqual([10]);
    expect(lines().filter(({ message }) => message === 'answered')).toHaveLength(1);
  });

  it('has no half of a character, wherever its model’s stream is cut', async () => {
    const said = [says('Hi '), says('a\ud83d'), says('\ude00\ud83d'), says('\ude01'), stops('end_turn')];
    const { events, text } = await setUpChat({ primary: [said] }).ask();
    const deltas = events.flatMap(({ name, data }) => (name === 'delta' ? [data] : []));
    expect(deltas).toEqual([{ text: 'Hi ' }, { text: 'a' }, { text: '😀' }, { text: '😁' }]);
    expect(text).toBe('Hi a😀😁');
  });

  it('of a model that says all at once is told at once', async () => {
    const unstreamed = rulesWith({ primary: { modelId: PRIMARY, streams: false } });
    const { ask } = setUpChat({ primary: [ANSWERING], rules: unstreamed });
    expect(await ask()).toMatchObject({ names: ['start', 'delta', 'end'], text: ANSWER });
  });

  it('may go on beyond its tier’s time, if it has begun within it, and is cut when its own is up', async () => {
    const slowly = [says('One'), 250, says(' two'), 250, says(' three'), 250, says(' four'), 250];
    const tier = { deadlineMs: 600, leastMs: 600 };
    const whole = setUpChat({ primary: [[...slowly, stops('end_turn')]], tier });
    expect(await whole.ask()).toMatchObject({
      text: 'One two three four',
      whole: { stopReason: 'end_turn' },
    });
    const cut = await setUpChat({ primary: [[...slowly, LONG_MS]], tier, longestMs: 700 }).ask();
    expect(cut.whole?.stopReason).toBe('deadline');
    expect(cut.text).toMatch(/^One two/);
  });

  it('waits for a caller who takes it slowly, and takes that for no silence of the model', async () => {
    const { ask, circuitOf } = setUpChat({ primary: [ANSWERING] });
    const { names } = await ask(new KeptResponse(700));
    expect(names).toEqual(['start', 'delta', 'end']);
    expect(circuitOf(PRIMARY).failures).toBe(0);
  });

  it('is cut when its time is up, however slowly its caller takes it, and counted', async () => {
    const { ask, counted } = setUpChat({
      primary: [ANSWERING],
      longestMs: 400,
      tier: { deadlineMs: 400, leastMs: 400 },
    });
    const began = Date.now();
    const { names } = await ask(new KeptResponse(2_000));
    expect(Date.now() - began).toBe(400);
    expect([names, counted]).toEqual([['start', 'delta', 'end'], [expect.any(Number)]]);
  });
});

describe('a model that fails', () => {
  it.each([
    ['is silent', [LONG_MS]],
    ['dies before it speaks', [BROKEN]],
    ['has nothing visible to say', [says(' '), stops('end_turn')]],
  ] as const)('and %s is nothing that a caller sees', async (_, primary) => {
    const { ask } = setUpChat({ primary: [primary], fallback: [ANSWERING] });
    const { names, events, text } = await ask();
    expect([names, text]).toEqual([['start', 'delta', 'end'], ANSWER]);
    expect(events[0]?.data).toMatchObject({ tier: 'fallback', model: FALLBACK });
  });

  it('is tried again before it has spoken, and not after', async () => {
    const throttled = exception('ThrottlingException');
    const before = setUpChat({ primary: [[throttled], ANSWERING] });
    expect(await before.ask()).toMatchObject({
      names: ['start', 'delta', 'end'],
      whole: { tier: 'primary' },
    });
    const after = setUpChat({ primary: [[says('Half'), throttled]], fallback: [ANSWERING] });
    expect((await after.ask()).names).toEqual(['start', 'delta', 'restart', 'delta', 'end']);
    expect(after.calls.primary).toHaveLength(1);
  });

  it.each([
    ['dies', [says('Half an'), BROKEN], 'model_error'],
    ['falls silent', [says('Half an'), LONG_MS], 'stalled'],
    ['is cut off', [says('Half an')], 'connection_lost'],
  ] as const)('and %s in mid-answer is taken back by the next', async (_, primary, reason) => {
    const { ask, counted } = setUpChat({ primary: [primary], fallback: [ANSWERING] });
    const { names, events, text, whole } = await ask();
    expect(names).toEqual(['start', 'delta', 'restart', 'delta', 'end']);
    expect(events[2]?.data).toEqual({ reason, tier: 'fallback', model: FALLBACK });
    expect([text, whole?.tier]).toEqual([ANSWER, 'fallback']);
    // Both models' tokens, at once.
    expect(counted).toEqual([expect.any(Number)]);
    expect(counted[0]).toBeGreaterThan(10);
  });

  it('is made good by the honest answer where both do', async () => {
    const half = [says('Half an'), BROKEN];
    const { ask } = setUpChat({ primary: [half], fallback: [half] });
    const { names, events, text, whole } = await ask();
    expect(names).toEqual(['start', 'delta', 'restart', 'delta', 'restart', 'delta', 'end']);
    expect(events[4]?.data).toEqual({ reason: 'model_error', tier: 'degraded', model: null });
    expect(text).toBe('Back at noon.');
    expect(whole).toMatchObject({
      degraded: true,
      reason: 'model_error',
      retryAfterSeconds: 30,
      stopReason: null,
    });
  });

  it('by a fault of our own hands on as well', async () => {
    const { tier } = setUpChat({ primary: [[]] });
    const permit = tier.circuits.permit.bind(tier.circuits);
    jest.spyOn(tier.circuits, 'permit').mockImplementation((model, ...more) => {
      if (model === PRIMARY) throw new TypeError('a defect');
      return permit(model, ...more);
    });
    const { ask, lines } = setUpChat({
      primary: [[]],
      fallback: [ANSWERING],
      tier: { circuits: tier.circuits },
    });
    expect(await ask()).toMatchObject({ text: ANSWER, whole: { tier: 'fallback' } });
    expect(lines()).toContainEqual(expect.objectContaining({ message: 'tier_failed', error: 'TypeError' }));
    expect(lines()).toContainEqual(expect.objectContaining({ QuestionsNeedAttention: 1 }));
  });
});

describe('where the rule says that the next model goes on', () => {
  const rules = rulesWith({ onBreak: 'continue' });

  it('it is told what was said, and what it says comes after it', async () => {
    const { ask, calls } = setUpChat({
      primary: [[says('Half an'), BROKEN]],
      fallback: [[says('Half'), says(' an answer.'), stops('end_turn'), counts(9, 2)]],
      rules,
    });
    const { names, events, text } = await ask();
    expect(names).toEqual(['start', 'delta', 'continue', 'delta', 'end']);
    expect(events[2]?.data).toEqual({ reason: 'model_error', tier: 'fallback', model: FALLBACK });
    expect(text).toBe('Half an answer.');
    expect(calls.fallback[0]?.[1].messages).toEqual([
      { role: 'user', content: [{ text: QUESTION }] },
      { role: 'assistant', content: [{ text: 'Half an' }] },
      {
        role: 'user',
        content: [{ text: expect.stringContaining('<begin_with>Half an</begin_with>') as string }],
      },
    ]);
  });

  it('and it begins something else, it is asked again without what was said, which is taken back', async () => {
    const { ask, calls, counted, lines } = setUpChat({
      primary: [[says('Half an'), BROKEN]],
      fallback: [[says('Certainly! '), LONG_MS, stops('end_turn')], ANSWERING],
      rules,
    });
    const { names, text, whole } = await ask();
    expect(names).toEqual(['start', 'delta', 'restart', 'delta', 'end']);
    expect([text, whole?.tier]).toEqual([ANSWER, 'fallback']);
    expect(calls.fallback.map(([, { messages }]) => messages?.length)).toEqual([3, 1]);
    expect(counted[0]).toBeGreaterThan(0);
    const messages = lines().map(({ message, model }) => [message, model]);
    expect(messages).toContainEqual(['answer_not_continued', FALLBACK]);
    expect(messages.filter(([message]) => message === 'model_call_failed')).toEqual([
      ['model_call_failed', PRIMARY],
    ]);
  });

  it('and it says something else and no more, the request counts as one answer', async () => {
    const { ask, lines } = setUpChat({
      primary: [[says('Half an'), BROKEN]],
      fallback: [[says('Sorry.'), stops('end_turn')], ANSWERING],
      rules,
    });
    expect(await ask()).toMatchObject({ names: ['start', 'delta', 'restart', 'delta', 'end'], text: ANSWER });
    expect(metricsIn(lines(), 'Answers')).toMatchObject([{ message: 'answered', outputTokens: 3 }]);
  });

  it.each([
    ['what was said too long, but not the question', rules, [[TOO_LONG], ANSWERING], ANSWER],
    ['both too long', rules, [[TOO_LONG]], 'Back at noon.'],
    ['the question too long, which alone it is told', rulesWith(), [[TOO_LONG]], 'Back at noon.'],
  ] as const)('and it finds %s, that is not blamed on the caller', async (_, by, fallback, text) => {
    const { ask } = setUpChat({ primary: [[says('Half an'), BROKEN]], fallback, rules: by });
    expect(await ask()).toMatchObject({ names: ['start', 'delta', 'restart', 'delta', 'end'], text });
  });

  it('and it begins something else at the end of all time, it has no more of it than once', async () => {
    const slowly = [
      says('Half an'),
      ...Array.from({ length: 9 }, () => [400, says(' answer')]).flat(),
      BROKEN,
    ];
    const { ask } = setUpChat({
      primary: [slowly],
      fallback: [
        [400, thinks('Hm.'), 400, says('Certainly! '), LONG_MS],
        [400, thinks('Hm.'), 400, ...ANSWERING],
      ],
      rules,
      longestMs: 3_700,
      tier: { deadlineMs: 1_000, leastMs: 1_000 },
    });
    const began = Date.now();
    expect((await ask()).whole).toBeDefined();
    expect(Date.now() - began).toBe(4_700);
  });

  it('and it says nothing but that, or all at once, it is joined as well', async () => {
    const primary = [[says('Half an'), BROKEN]];
    const silent = setUpChat({ primary, fallback: [[says('Half an'), stops('end_turn')]], rules });
    expect(await silent.ask()).toMatchObject({
      names: ['start', 'delta', 'continue', 'end'],
      text: 'Half an',
    });
    const unstreamed = rulesWith({ onBreak: 'continue', fallback: { modelId: FALLBACK, streams: false } });
    const atOnce = [says('Half an answer.'), stops('end_turn')];
    const { text } = await setUpChat({ primary, fallback: [atOnce], rules: unstreamed }).ask();
    expect(text).toBe('Half an answer.');
  });

  it('a filter that refuses the question to the next model takes back what was shown', async () => {
    const filtered = exception('ValidationException', 'The request was blocked by our content filter.');
    const { ask } = setUpChat({ primary: [[says('Half an'), BROKEN]], fallback: [[filtered]], rules });
    const { names, text, whole } = await ask();
    expect(names).toEqual(['start', 'delta', 'restart', 'delta', 'end']);
    expect(text).not.toContain('Half an');
    expect(whole?.stopReason).toBe('content_filtered');
  });

  it('the honest answer is no continuation, and neither is what follows an end that was none', async () => {
    const both = setUpChat({ primary: [[says('Half'), BROKEN]], fallback: [[BROKEN]], rules });
    expect(await both.ask()).toMatchObject({ text: 'Back at noon.', whole: { degraded: true } });
    const malformed = [says('{'), stops('malformed_model_output')];
    const ended = setUpChat({ primary: [malformed], fallback: [ANSWERING], rules });
    expect(await ended.ask()).toMatchObject({ text: ANSWER, whole: { tier: 'fallback' } });
  });
});

describe('a guardrail', () => {
  it('that stops the question to the model that was to go on takes back what was shown', async () => {
    const stopped = [says('I cannot '), says('take that.'), stops('guardrail_intervened'), counts(0, 0)];
    const { ask } = setUpChat({
      primary: [[says('Half an'), BROKEN]],
      fallback: [stopped],
      rules: rulesWith({ onBreak: 'continue' }),
      tier: { guardrail: GUARDRAIL },
    });
    const { names, text, whole } = await ask();
    expect(names.slice(-3)).toEqual(['restart', 'delta', 'end']);
    expect([text, whole?.stopReason]).toEqual(['I cannot take that.', 'guardrail_intervened']);
  });

  it('that stops an answer in its middle takes back what was shown', async () => {
    const stopped = [
      says('Buy '),
      says('ACME. '),
      says(GUARDRAIL.outputMessage),
      stops('guardrail_intervened'),
    ];
    const { ask } = setUpChat({ primary: [[...stopped, counts(7, 3)]], tier: { guardrail: GUARDRAIL } });
    const { names, events, text, whole } = await ask();
    expect(names).toEqual(['start', 'delta', 'delta', 'delta', 'restart', 'delta', 'end']);
    expect(events[4]?.data).toMatchObject({ reason: 'guardrail_intervened', tier: 'primary' });
    expect([text, whole?.stopReason]).toEqual([GUARDRAIL.outputMessage, 'guardrail_intervened']);
  });
});

describe('a caller', () => {
  it.each([
    ['whose body is wrong', '{', 400, 'invalid_request'],
    ['whose body is too large', `{"question":"${'x'.repeat(200_000)}"}`, 413, 'body_too_large'],
  ])('%s is told so before anything is streamed', async (_, body, status, code) => {
    const { ask, calls } = setUpChat({ primary: [ANSWERING] });
    const { response } = await ask(new KeptResponse(), body);
    expect([response.status, response.headers['Content-Type']]).toEqual([status, 'application/json']);
    expect(JSON.parse(response.text)).toMatchObject({ error: { code }, requestId: 'request-1' });
    expect(calls.primary).toEqual([]);
  });

  it('whose tokens are spent, or whose question no model can take, is told so by a status', async () => {
    const budget = { secondsToWait: () => Promise.resolve(3_600), count: () => Promise.resolve(true) };
    const spent = await setUpChat({ primary: [ANSWERING], tier: { budget } }).ask();
    expect([spent.response.status, spent.response.headers['Retry-After']]).toEqual([429, '3600']);
    const long = await setUpChat({ primary: [[TOO_LONG]], fallback: [[TOO_LONG]] }).ask();
    expect(long.response.status).toBe(400);
    expect(JSON.parse(long.response.text)).toMatchObject({ error: { field: 'question' } });
  });

  it('who leaves ends the call, which counts for the caller and not against the model', async () => {
    const { ask, calls, counted, circuitOf, lines } = setUpChat({
      primary: [[says('One'), says(' two'), LONG_MS, says(' three'), stops('end_turn')]],
      fallback: [ANSWERING],
    });
    const response: KeptResponse = new KeptResponse(0, (text) => {
      if (!text.includes('two')) return;
      setTimeout(() => {
        response.leaving.abort();
      }, 20);
    });
    const began = Date.now();
    const { whole } = await ask(response);
    expect(Date.now() - began).toBe(20);
    expect([whole, calls.fallback]).toEqual([undefined, []]);
    expect(circuitOf(PRIMARY).failures).toBe(0);
    expect(counted[0]).toBeGreaterThan(0);
    const messages = lines().map(({ message, failure }) => [message, failure]);
    expect(messages).toEqual([['tier_unanswered', 'abandoned']]);
  });
});
