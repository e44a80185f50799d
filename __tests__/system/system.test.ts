import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { MAX_HISTORY_CHARACTERS, MAX_HISTORY_TURNS } from '../../contract/conversation';
import { isBlank, MAX_QUESTION_CHARACTERS } from '../../contract/question';
import { defaultModelConfig } from '../../contract/default-model-config';
import { IMPATIENT, JSON_TYPE, startSystem, type RunningSystem } from '../support/local-system';
import { ROOT } from '../support/synthesize';

const SONNET = 'us.anthropic.claude-sonnet-5-5';
const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA = 'us.amazon.nova-2-lite-v1:0';

let running: RunningSystem;

beforeAll(async () => {
  running = await startSystem(IMPATIENT());
});
afterAll(() => running.stop());
afterEach(() => running.send('control', 'DELETE', '/faults'));

describe('POST /', () => {
  it('answers from the primary model of the request type', async () => {
    const { status: code, headers, body } = await running.ask({ question: 'Hi?', type: 'finance_deep' });
    expect(code).toBe(200);
    expect(headers.get('content-type')).toBe('application/json');
    expect(body).toEqual({
      answer: expect.stringContaining('stand-in') as unknown,
      model: SONNET,
      tier: 'primary',
      degraded: false,
      region: 'us-east-1',
      requestId: expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/) as unknown,
      stopReason: 'end_turn',
      usage: { inputTokens: expect.any(Number) as unknown, outputTokens: expect.any(Number) as unknown },
    });
  });

  it('answers what README shows', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, request = ''] = /-d '(\{.*\})'/.exec(readme) ?? [];
    const [, sample = ''] = /```json\n([^]*?)```/.exec(readme) ?? [];
    const { body } = await running.ask(JSON.parse(request));
    expect({ ...body, requestId: '…' }).toEqual(JSON.parse(sample));
  });

  it('tells the model what was said before', async () => {
    const history = [
      { role: 'user', text: 'Who is it?' },
      { role: 'assistant', text: 'Ann’s.' },
    ];
    expect((await running.ask({ question: 'Where is she?', history })).body).toMatchObject({
      answer: expect.stringMatching(/You asked: Where is she\?\nBefore that: Who is it\?$/) as unknown,
      context: { turns: 1, trimmed: 0 },
    });
    const { status, body } = await running.ask({ question: 'Hi?', history: history.toReversed() });
    expect([status, body.error]).toEqual([400, expect.objectContaining({ field: 'history[0].role' })]);
  });

  it('takes a history as long as it may be, and answers it', async () => {
    const text = 'x'.repeat(MAX_HISTORY_CHARACTERS / MAX_HISTORY_TURNS / 2);
    const history = Array.from({ length: 2 * MAX_HISTORY_TURNS }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      text,
    }));
    const { status, body } = await running.ask({ question: '"'.repeat(MAX_QUESTION_CHARACTERS), history });
    expect([status, body.context]).toEqual([200, { turns: MAX_HISTORY_TURNS, trimmed: 0 }]);
  });

  it.each([undefined, 'general', 'unheard_of', '__proto__', 'constructor'])(
    'serves the type %s by the general or the default rule',
    async (type) => {
      expect((await running.ask({ question: 'Hi?', type })).body).toMatchObject({
        model: HAIKU,
        tier: 'primary',
      });
    },
  );

  it('answers from either region by its own name', async () => {
    expect((await running.ask({ question: 'Hi?' }, 'primary')).body).toMatchObject({ region: 'us-east-1' });
    expect((await running.ask({ question: 'Hi?' }, 'secondary')).body).toMatchObject({ region: 'us-west-2' });
  });

  it('falls back, degrades honestly, and comes back', async () => {
    await running.fault({ model: HAIKU, mode: 'error' });
    const fallback = await running.ask({ question: 'Hi?' });
    expect(fallback.body).toMatchObject({ tier: 'fallback', model: NOVA, degraded: false });

    await running.fault({ mode: 'denied' });
    const degraded = await running.ask({ question: 'Hi?' });
    expect(degraded.status).toBe(200);
    expect(degraded.headers.get('retry-after')).toBe('30');
    expect(degraded.body).toEqual({
      answer: defaultModelConfig.maintenanceMessage,
      model: null,
      tier: 'degraded',
      degraded: true,
      region: 'us-east-1',
      requestId: expect.any(String) as unknown,
      stopReason: null,
      usage: { inputTokens: 0, outputTokens: 0 },
      reason: 'access_denied',
    });

    await running.send('control', 'DELETE', '/faults');
    expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'primary', model: HAIKU });
  });

  it.each(['error', 'throttle', 'unavailable', 'eol', 'denied', 'validation', 'timeout', 'reset'])(
    'falls back when the primary model answers with %s',
    async (mode) => {
      await running.fault({ model: HAIKU, mode });
      expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'fallback', model: NOVA });
    },
  );

  it('waits for a model that is slow, as long as its tier has time', async () => {
    await running.fault({ model: HAIKU, mode: 'slow', ms: 300 });
    expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'primary' });
    await running.fault({ model: HAIKU, mode: 'slow', ms: 3_000 });
    expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'fallback' });
  });

  it('leaves any text of a question unchanged on its way to the model', async () => {
    const texts = [
      `"quotes" 'apostrophes' \\backslashes\\ \\' \\" `,
      '$input $!input.body #set($x = 1) ${x} $.Execution.Id $$ #* *# ##',
      '\u0000\u0001\b\t\n\f\r\u001f\u007f\u0085 \u2028 \u2029 \ufeff and a visible one',
      '\u{1F600} \u{10FFFF} é ß 漢字 \u0301',
      '{"a":"b"} <script> &amp; %20 %{x} $${y}',
    ];
    const anyText = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter((text) => !isBlank(text));
    for (const question of [...texts, ...fc.sample(anyText, 40)]) {
      const answer = await running.ask({ question }, 'primary');
      expect([question, answer.status]).toEqual([question, 200]);
      const sent = running.system.regions[0]?.services.bedrock.calls().last.at(-1)?.request;
      expect(sent).toMatchObject({ messages: [{ role: 'user', content: [{ text: question }] }] });
    }
  });
});

describe('an error', () => {
  const expectError = (answer: Awaited<ReturnType<RunningSystem['send']>>, code: number, error: object) => {
    expect(answer.status).toBe(code);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.body).toEqual({
      error: { code: expect.any(String) as unknown, message: expect.any(String) as unknown, ...error },
      requestId: expect.any(String) as unknown,
    });
    // Not in the request's id: chance has once written one with `aWS` in it.
    const { error: told } = answer.body as { readonly error: object };
    expect(JSON.stringify(told)).not.toMatch(/cause|stack|arn:|aws|lambda|exception|execution/i);
  };

  it.each([
    ['not JSON', 'nope', 'body'],
    ['no body', '', 'body'],
    ['no object', '[1]', 'body'],
    ['trailing text', '{"question":"Hi"} x', 'body'],
    ['no question', '{}', 'question'],
    ['a blank question', '{"question":"  "}', 'question'],
    ['too long a question', JSON.stringify({ question: 'x'.repeat(8_001) }), 'question'],
    ['a wrong type of question', '{"question":{}}', 'question'],
    ['a malformed type', '{"question":"Hi","type":"a b"}', 'type'],
    ['an unknown field', '{"question":"Hi","temperature":1}', 'temperature'],
  ])('for %s is 400 with the field’s name', async (_, body, field) => {
    const answer = await running.send('failover', 'POST', '/', body, JSON_TYPE);
    expectError(answer, 400, { code: 'invalid_request', field });
  });

  it.each([
    ['GET', '/nowhere', undefined, 404, 'not_found'],
    ['POST', '/health/x', '{}', 404, 'not_found'],
    ['GET', '/', undefined, 405, 'method_not_allowed'],
    ['PUT', '/', '{}', 405, 'method_not_allowed'],
    ['POST', '/health', '{}', 405, 'method_not_allowed'],
  ])('for %s %s is mapped', async (method, path, body, code, name) => {
    const answer = await running.send('failover', method, path, body, JSON_TYPE);
    expectError(answer, code, { code: name });
    if (code === 405) expect(answer.headers.get('allow')).toBe(path === '/' ? 'POST' : 'GET');
  });

  it('for a content type other than JSON is 415, and 405 where the method is wrong, too', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expectError(await running.send('failover', 'POST', '/', 'question=Hi', form), 415, {
      code: 'unsupported_media_type',
    });
    expectError(await running.send('failover', 'PUT', '/', 'question=Hi', form), 405, {
      code: 'method_not_allowed',
    });
  });

  it.each([
    ['what a question can be', '/', 200_000],
    ['what a function takes, which API Gateway says', '/stream', 7 * 1024 * 1024],
  ])('for a body larger than %s, is 413', async (_, path, size) => {
    const body = JSON.stringify({ question: 'x'.repeat(size) });
    const answer = await running.send('primary', 'POST', path, body, JSON_TYPE);
    expectError(answer, 413, { code: 'body_too_large', field: 'body' });
  });

  it('takes the longest question there can be, however it is written', async () => {
    const emoji = '\u{1F600}'.repeat(8_000);
    const escaped = `{"question":"${'\\ud83d\\ude00'.repeat(8_000)}"}`;
    for (const body of [JSON.stringify({ question: emoji }), escaped]) {
      const { status: code } = await running.send('primary', 'POST', '/', body, JSON_TYPE);
      expect(code).toBe(200);
      const sent = running.system.regions[0]?.services.bedrock.calls().last.at(-1)?.request;
      expect(JSON.stringify(sent)).toContain(emoji);
    }
  });
});

describe('GET /health', () => {
  it.each(['primary', 'secondary', 'failover'] as const)(
    'says that %s can serve, without a call of a model',
    async (at) => {
      const before = await running.status();
      let answer = await running.send(at, 'GET', '/health');
      // A function that starts on a busy machine may take longer than a health check is given.
      while (answer.status === 503) answer = await running.send(at, 'GET', '/health');
      const { status: code, body } = answer;
      expect(code).toBe(200);
      expect(body).toMatchObject({ status: 'ok', configuration: { source: 'appconfig' } });
      expect((await running.status()).regions.primary.modelCalls).toEqual(before.regions.primary.modelCalls);
    },
  );
});
