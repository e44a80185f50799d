import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { PORTS } from '@assistant/emulator';
import { DEMO_KEY, hashOfKey } from '../../contract/callers';
import { defaultModelConfig } from '../../contract/default-model-config';
import type { ChatCompletion } from '../../contract/openai';
import { CLOSED_CIRCUITS, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

const { primary, fallback } = defaultModelConfig.default;
const [PRIMARY, FALLBACK] = [primary.modelId, fallback.modelId];
const REGION = shippedConfig().regions.primary;

let running: RunningSystem;
beforeAll(async () => {
  const { callers } = shippedConfig();
  const created = '2026-11-26';
  const key = (name: string) => ({ name, sha256: hashOfKey(`key of ${name}`), created });
  running = await startSystem({
    ...CLOSED_CIRCUITS(),
    // These clients wait as long as they are told to.
    retryAfterSeconds: 1,
    callers: {
      ...callers,
      keys: [...callers.keys, key('spender'), key('hasty')],
      limits: {},
      limitsOf: { spender: { tokensPerDay: 1 }, hasty: { rate: { requestsPerSecond: 1, burst: 1 } } },
    },
  });
});
afterAll(() => running.stop());
afterEach(async () => {
  await running.send('control', 'DELETE', '/faults');
  await running.send('control', 'DELETE', '/models');
});

const baseURL = () => `http://127.0.0.1:${running.portBase + PORTS.primary}/v1`;

/** The client as it is published; `sent` has what it has sent, its own retries among it. */
function connect(options: { readonly apiKey?: string; readonly maxRetries?: number } = {}) {
  const sent: string[] = [];
  const client = new OpenAI({
    baseURL: baseURL(),
    apiKey: DEMO_KEY,
    fetch: (url, init) => {
      sent.push(String(url instanceof Request ? url.url : url));
      return fetch(url, init);
    },
    ...options,
  });
  return { client, sent };
}

const QUESTION = {
  model: 'general',
  messages: [{ role: 'user' as const, content: 'Hi?' }],
};
const said = (model: string) => `[stand-in for ${model} in ${REGION}; no model was called] You asked: Hi?`;

async function failureOf<T extends Error>(
  type: abstract new (...args: never[]) => T,
  act: () => Promise<unknown>,
): Promise<T> {
  try {
    await act();
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error('It succeeded.');
}

/** Reads a stream to its end: what was said, and its chunks. */
async function readAll(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
  return { chunks, text, last: chunks.at(-1) };
}

describe('OpenAI’s own client', () => {
  it('gets an answer, its usage, and what the protocol has no word for', async () => {
    const { data, response, request_id } = await connect()
      .client.chat.completions.create(QUESTION)
      .withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: PRIMARY,
      choices: [{ message: { role: 'assistant', content: said(PRIMARY) }, finish_reason: 'stop' }],
    });
    const { usage, assistant } = data as unknown as ChatCompletion;
    expect(usage.prompt_tokens).toBeGreaterThan(0);
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
    expect(assistant).toEqual({
      tier: 'primary',
      degraded: false,
      region: REGION,
      requestId: request_id,
      stopReason: 'end_turn',
    });
    expect(response.headers.get('x-assistant-tier')).toBe('primary');
  });

  it('gets the fallback’s answer, by its name, where the primary model is away', async () => {
    await running.fault({ mode: 'denied', model: PRIMARY });
    const answer = await connect().client.chat.completions.create(QUESTION);
    expect(answer).toMatchObject({ model: FALLBACK, assistant: { tier: 'fallback' } });
    expect(answer.choices[0]?.message.content).toBe(said(FALLBACK));
  });

  it('gets an honest word, at once, where no model answers', async () => {
    await running.fault({ mode: 'denied' });
    const { client, sent } = connect();
    const answer = await client.chat.completions.create(QUESTION);
    expect(answer).toMatchObject({
      model: 'general',
      choices: [{ message: { content: defaultModelConfig.maintenanceMessage }, finish_reason: 'stop' }],
      assistant: { tier: 'degraded', degraded: true, reason: 'access_denied' },
    });
    expect(sent).toHaveLength(1);
  });

  it('gets a stream, piece by piece', async () => {
    const stream = await connect().client.chat.completions.create({ ...QUESTION, stream: true });
    const { chunks, text, last } = await readAll(stream);
    expect(text).toBe(said(PRIMARY));
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(last).toMatchObject({
      model: PRIMARY,
      choices: [{ finish_reason: 'stop' }],
      assistant: { tier: 'primary' },
    });
    expect(chunks.filter(({ usage }) => usage)).toEqual([]);
  });

  it('puts a stream together by its own helper, with the usage that it asks for', async () => {
    const stream = connect().client.chat.completions.stream({
      ...QUESTION,
      stream_options: { include_usage: true },
    });
    const whole = await stream.finalChatCompletion();
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: said(PRIMARY) } });
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('is heard with what was said before, and what its application adds to the system', async () => {
    const { client } = connect();
    const first = await client.chat.completions.create(QUESTION);
    const { message } = first.choices[0] ?? {};
    if (message === undefined) throw new Error('There is no answer.');
    const second = await client.chat.completions.create({
      model: 'general',
      messages: [
        { role: 'system', content: 'You speak to a child.' },
        ...QUESTION.messages,
        message,
        { role: 'user', content: 'And then?' },
      ],
    });
    expect(second.choices[0]?.message.content).toMatch(/You asked: And then\?\nBefore that: Hi\?$/);
    expect(second).toMatchObject({ assistant: { context: { turns: 1, trimmed: 0 } } });
  });

  it('lowers the rule’s limit, and never raises it', async () => {
    const { client } = connect();
    const short = await client.chat.completions.create({ ...QUESTION, max_completion_tokens: 2 });
    expect(short.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: said(PRIMARY).slice(0, 8) },
    });
  });

  it('hears the fallback model go on with a stream that broke off', async () => {
    await running.fault({ mode: 'stream_end', model: PRIMARY, events: 10 });
    const { client, sent } = connect();
    const { chunks, text } = await readAll(
      await client.chat.completions.create({ ...QUESTION, stream: true }),
    );
    const [said, goingOn] = text.split(`[stand-in for ${FALLBACK}`);
    expect(`[stand-in for ${PRIMARY}`.startsWith(said ?? '')).toBe(true);
    expect([said === '', goingOn === undefined]).toEqual([false, false]);
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set([PRIMARY, FALLBACK]));
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(sent).toHaveLength(1);
  });

  it('is told by an error that a stream broke off where none goes on, and is given no other answer after it', async () => {
    await running.fault({ mode: 'stream_end', model: PRIMARY, events: 10 });
    await running.fault({ mode: 'denied', model: FALLBACK });
    const { client, sent } = connect();
    const stream = await client.chat.completions.create({ ...QUESTION, stream: true });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    const failure = await failureOf(OpenAI.APIError, async () => {
      for await (const chunk of stream) chunks.push(chunk);
    });
    expect(failure).toMatchObject({ code: 'answer_interrupted', type: 'server_error' });
    expect(chunks.length).toBeGreaterThan(5);
    expect(
      chunks.filter(
        ({ choices, model }) => (choices[0]?.finish_reason ?? null) !== null || model !== PRIMARY,
      ),
    ).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it('may leave in the middle of a stream', async () => {
    const tokensPerSecond = { kind: 'fixed', value: 20 };
    const models = [{ model: PRIMARY, tokensPerSecond, outputTokens: { kind: 'fixed', value: 200 } }];
    await running.send('control', 'POST', '/models', JSON.stringify({ models }));
    const stream = await connect().client.chat.completions.create({ ...QUESTION, stream: true });
    let heard = 0;
    for await (const { choices } of stream) {
      heard += choices.length;
      if (heard === 5) stream.controller.abort();
    }
    // What has come with the fifth piece is heard as well; all of it would take ten seconds.
    expect(heard).toBeLessThan(100);
    await running.send('control', 'DELETE', '/models');
    expect(await connect().client.chat.completions.create(QUESTION)).toMatchObject({ model: PRIMARY });
  });

  it('lists the request types as models', async () => {
    const { client } = connect();
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['general', 'finance_deep']);
    expect(await client.models.retrieve('general')).toEqual(models.data[0]);
    await failureOf(OpenAI.NotFoundError, () => client.models.retrieve('gpt-4o'));
  });
});

describe('OpenAI’s own client, refused,', () => {
  it.each<[string, object, number, object]>([
    ['an unknown model', { model: 'gpt-4o' }, 404, { code: 'model_not_found', param: 'model' }],
    ['a parameter that is not served', { n: 2 }, 400, { code: 'unsupported_parameter', param: 'n' }],
    [
      'an answer to continue',
      { messages: [...QUESTION.messages, { role: 'assistant', content: 'I' }] },
      400,
      {
        code: 'invalid_value',
        param: 'messages',
      },
    ],
  ])('reads what is wrong with %s', async (_, more, status, error) => {
    const { client, sent } = connect();
    for (const stream of [false, true]) {
      const failure = await failureOf(OpenAI.APIError, () =>
        client.chat.completions.create({ ...QUESTION, ...more, stream }),
      );
      expect(failure).toMatchObject({ status, type: 'invalid_request_error', ...error });
      expect(failure.requestID).toMatch(/./);
    }
    expect(sent).toHaveLength(2);
  });

  it('reads what API Gateway says by itself', async () => {
    const failure = await failureOf(OpenAI.AuthenticationError, () =>
      connect({ apiKey: 'wrong' }).client.chat.completions.create(QUESTION),
    );
    expect(failure).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(failure.message).toMatch(/Authorization: Bearer/);
  });

  it('is told of a filter’s refusal as an error, with no second try anywhere', async () => {
    await running.fault({ mode: 'filter_refused', model: PRIMARY });
    const { client, sent } = connect();
    const failure = await failureOf(OpenAI.BadRequestError, () => client.chat.completions.create(QUESTION));
    expect(failure).toMatchObject({ code: 'content_filter', param: 'messages' });
    expect(sent).toHaveLength(1);
  });

  it('waits for as long as API Gateway asks where it asks too often, and is then answered', async () => {
    const { client, sent } = connect({ apiKey: 'key of hasty' });
    const answers = await Promise.all([1, 2].map(() => client.chat.completions.create(QUESTION)));
    expect(answers).toMatchObject([{ model: PRIMARY }, { model: PRIMARY }]);
    expect(sent.length).toBeGreaterThan(2);
  });

  it('is told at once that the tokens of its day are spent, and does not sleep until the next', async () => {
    const { client, sent } = connect({ apiKey: 'key of spender' });
    await client.chat.completions.create(QUESTION);
    const failure = await failureOf(OpenAI.RateLimitError, () => client.chat.completions.create(QUESTION));
    expect(failure).toMatchObject({ code: 'insufficient_quota', type: 'insufficient_quota' });
    expect(Number(failure.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(sent).toHaveLength(2);
  });

  it('tries again, as often as it is to, where the function is away', async () => {
    await running.fault({ target: 'lambda', mode: 'down' });
    const { client, sent } = connect({ maxRetries: 1 });
    await failureOf(OpenAI.InternalServerError, () => client.chat.completions.create(QUESTION));
    expect(sent).toHaveLength(2);
  });
});

describe('Vercel’s AI SDK', () => {
  const provider = () =>
    createOpenAICompatible({ name: 'assistant', baseURL: baseURL(), apiKey: DEMO_KEY, includeUsage: true });
  const asked = () => ({ model: provider()('general'), prompt: 'Hi?', system: 'You speak to a child.' });

  it('gets an answer and its usage', async () => {
    const { text, finishReason, usage, response } = await generateText(asked());
    expect([text, finishReason, response.modelId]).toEqual([said(PRIMARY), 'stop', PRIMARY]);
    expect(usage.inputTokens).toBeGreaterThan(0);
  });

  it('gets a stream, piece by piece, and its usage', async () => {
    const { textStream, usage, finishReason } = streamText(asked());
    const pieces: string[] = [];
    for await (const piece of textStream) pieces.push(piece);
    expect(pieces.join('')).toBe(said(PRIMARY));
    expect(pieces.length).toBeGreaterThan(5);
    expect([await finishReason, (await usage).outputTokens]).toEqual(['stop', expect.any(Number)]);
  });

  it('reads what is refused', async () => {
    const failure = await failureOf(APICallError, () =>
      generateText({ ...asked(), model: provider()('gpt-4o') }),
    );
    expect(failure).toMatchObject({ statusCode: 404, message: expect.stringContaining('gpt-4o') as string });
  });

  it('is told by an error that a stream broke off', async () => {
    await running.fault({ mode: 'stream_end', model: PRIMARY, events: 10 });
    await running.fault({ mode: 'denied', model: FALLBACK });
    const errors: unknown[] = [];
    const { fullStream } = streamText({ ...asked(), onError: ({ error }) => void errors.push(error) });
    const parts: string[] = [];
    for await (const { type } of fullStream) parts.push(type);
    expect(parts).toContain('error');
    expect(errors).toEqual([expect.anything()]);
  });
});
