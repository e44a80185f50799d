import { setTimeout } from 'node:timers/promises';
import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { createBedrock, type Bedrock, ModelBehaviours, standIn, Faults } from '@assistant/emulator/run';
import { Benchmark } from '../../../benchmark/measure/benchmark';
import { BedrockCaller } from '../../../benchmark/measure/caller/bedrock-caller';
import { failureOf } from '../../../benchmark/measure/caller/converse';
import type { ModelRequest } from '../../../benchmark/measure/caller/model-caller';
import { figuresOf } from '../../../benchmark/figures/figures';
import type { Api } from '../../../benchmark/result/plan';
import { benchmarkResultSchema } from '../../../benchmark/result/result';
import { planOf, pricesOf, questions, UNJUDGED } from './fixture';

const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const NOVA = 'us.amazon.nova-2-lite-v1:0';
const REGION = 'us-east-1';

const REQUEST: ModelRequest = {
  model: HAIKU,
  region: REGION,
  api: 'converse-stream',
  system: 'Be brief.',
  question: 'Where is my parcel?',
  maxTokens: 100,
};
const APIS: readonly Api[] = ['converse', 'converse-stream'];
const never = new AbortController().signal;

describe('a caller of Bedrock over HTTP', () => {
  const faults = new Faults();
  const behaviours = new ModelBehaviours();
  let bedrock: Bedrock;
  let caller: BedrockCaller;

  beforeAll(async () => {
    const now = () => Date.parse('2026-11-22');
    const intercept = faults.interceptor('primary', 'bedrock');
    bedrock = createBedrock({ region: REGION, role: 'primary', intercept, behaviours, answer: standIn, now });
    const endpoint = await bedrock.listen();
    const credentials = { accessKeyId: 'AKIABENCHMARK', secretAccessKey: 'none' };
    caller = new BedrockCaller({ regions: { [REGION]: { endpoint, credentials } }, concurrency: 4 });
  });
  afterEach(() => {
    faults.clear();
    behaviours.clear();
  });
  afterAll(async () => {
    caller.close();
    await bedrock.close();
  });

  const calls = () => bedrock.calls().byModel[HAIKU] ?? 0;
  const fail = (mode: string): void => {
    faults.add({ region: 'both', target: 'bedrock', mode });
  };

  it.each(APIS)('tells what %s answered, and what it used', async (api) => {
    const outcome = await caller.call({ ...REQUEST, api }, never);
    expect(outcome).toMatchObject({ outcome: 'answered', stopReason: 'end_turn' });
    if (outcome.outcome !== 'answered') throw new Error('It did not answer.');
    expect(outcome.text).toContain('Where is my parcel?');
    expect(outcome.usage?.inputTokens).toBeGreaterThan(0);
    expect(outcome.usage?.outputTokens).toBeGreaterThan(0);
  });

  it('times a stream at its first text and at its end', async () => {
    const fixed = (value: number) => ({ kind: 'fixed', value });
    behaviours.set({
      models: [
        {
          model: '*',
          timeToFirstTokenMs: fixed(20),
          tokensPerSecond: fixed(1_000),
          outputTokens: fixed(30),
        },
      ],
    });
    const { timing } = await caller.call(REQUEST, never);
    const { sentAt, firstTextAt = NaN, endedAt } = timing;
    // Never less than what the server takes; how much more is the machine's doing.
    expect(firstTextAt - sentAt).toBeGreaterThanOrEqual(20);
    expect(endedAt - sentAt).toBeGreaterThanOrEqual(50);
    expect(endedAt).toBeGreaterThanOrEqual(firstTextAt);
  });

  it('has no time to the first text without a stream', async () => {
    const { timing } = await caller.call({ ...REQUEST, api: 'converse' }, never);
    expect(timing.firstTextAt).toBeUndefined();
  });

  it('sends inference parameters only where they are configured', async () => {
    const thinking = { type: 'disabled' };
    const inference = { temperature: 0.5, maxTokens: 9, additionalModelRequestFields: { thinking } };
    await caller.call({ ...REQUEST, inference }, never);
    await caller.call(REQUEST, never);
    const sent = bedrock
      .calls()
      .last.slice(-2)
      .map(({ request }) => request as ConverseCommandInput);
    expect(sent.map(({ inferenceConfig }) => inferenceConfig)).toEqual([
      { maxTokens: 100, temperature: 0.5 },
      { maxTokens: 100 },
    ]);
    expect(sent.map((request) => request.additionalModelRequestFields)).toEqual([{ thinking }, undefined]);
  });

  describe.each(APIS)('by %s', (api) => {
    it.each([
      ['throttle', { outcome: 'throttled', errorName: 'ThrottlingException', status: 429, refused: true }],
      ['denied', { outcome: 'error', errorName: 'AccessDeniedException', status: 403, refused: true }],
      ['eol', { outcome: 'error', errorName: 'ResourceNotFoundException', status: 404, refused: true }],
      ['validation', { outcome: 'error', errorName: 'ValidationException', status: 400, refused: true }],
      ['not_ready', { outcome: 'error', errorName: 'ModelNotReadyException', status: 429, refused: true }],
      ['error', { outcome: 'error', errorName: 'InternalServerException', status: 500, refused: false }],
      ['model_error', { outcome: 'error', errorName: 'ModelErrorException', status: 424, refused: false }],
      [
        'model_timeout',
        { outcome: 'error', errorName: 'ModelTimeoutException', status: 408, refused: false },
      ],
      ['reset', { outcome: 'error', errorName: 'ECONNRESET', refused: false }],
    ])('%s is an outcome, after one attempt', async (mode, expected) => {
      fail(mode);
      const before = calls();
      expect(await caller.call({ ...REQUEST, api }, never)).toMatchObject(expected);
      expect(calls()).toBe(before + 1);
    });

    it('a silent model is ended by the signal, under the name of its reason', async () => {
      fail('timeout');
      const stop = new AbortController();
      const before = calls();
      const outcome = caller.call({ ...REQUEST, api }, stop.signal);
      // Once Bedrock has it: later, it would be counted among the next one's.
      while (calls() === before) await setTimeout(5);
      stop.abort(Object.assign(new Error(), { name: 'DeadlineExceeded' }));
      expect(await outcome).toMatchObject({
        outcome: 'error',
        errorName: 'DeadlineExceeded',
        refused: false,
      });
    });
  });

  it.each([
    ['without credentials', { credentials: () => Promise.reject(new Error('none')) }, 'Error'],
    ['to where nobody listens', { endpoint: 'http://127.0.0.1:9' }, 'ECONNREFUSED'],
    ['to a host without an address', { endpoint: 'http://bedrock.invalid' }, 'E'],
  ])('a call %s never left, and costs nothing', async (_, where, errorName) => {
    const known = { accessKeyId: 'AKIABENCHMARK', secretAccessKey: 'none' };
    const regions = { [REGION]: { endpoint: 'http://127.0.0.1:9', credentials: known, ...where } };
    const nowhere = new BedrockCaller({ regions, concurrency: 1 });
    const outcome = await nowhere.call(REQUEST, never);
    nowhere.close();
    expect(outcome).toMatchObject({ outcome: 'error', refused: true });
    expect(outcome).toHaveProperty('errorName', expect.stringContaining(errorName));
  });

  it.each([
    ['us.anthropic.claude-haku-5-5', 'The provided model identifier is invalid.'],
    ['amazon.nova-2-lite-v1:0', 'on-demand throughput'],
  ])('what Bedrock says of the model %s is told', async (model, words) => {
    expect(await caller.call({ ...REQUEST, model }, never)).toMatchObject({
      ...{ refused: true, unusableModel: expect.stringContaining(words) as string },
    });
  });

  it.each([
    ["1 validation error detected: Value 'my haiku' at 'modelId' failed to satisfy constraint: …", true],
    [
      "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
      true,
    ],
    ['messages.0: a question that quotes on words', false],
  ])('"%s" is about the model: %p', (message, isOfModel) => {
    const error = Object.assign(new Error(message), { name: 'ValidationException' });
    expect(failureOf(error, never, 'sent').unusableModel).toBe(isOfModel ? message : undefined);
  });

  it.each([
    ['stream_error', { outcome: 'error', errorName: 'ModelStreamErrorException' }],
    ['stream_internal_error', { outcome: 'error', errorName: 'InternalServerException' }],
    ['stream_throttle', { outcome: 'throttled', errorName: 'ThrottlingException' }],
    ['stream_validation', { outcome: 'error', errorName: 'ValidationException' }],
    ['stream_end', { outcome: 'error', errorName: 'InvalidResponse' }],
    ['stream_corrupt', { outcome: 'error' }],
    ['reset_mid_body', { outcome: 'error', errorName: 'ECONNRESET' }],
  ])('%s within a stream has no status, and may have cost something', async (mode, expected) => {
    fail(mode);
    const outcome = await caller.call(REQUEST, never);
    expect(outcome).toMatchObject({ ...expected, refused: false });
    expect(outcome).not.toHaveProperty('status');
  });

  it('a stream that falls silent is ended by the signal', async () => {
    fail('stream_silence');
    const outcome = await caller.call(REQUEST, AbortSignal.timeout(50));
    expect(outcome).toMatchObject({ outcome: 'error', errorName: 'TimeoutError', refused: false });
  });

  it('refuses a region that it was given no client for', async () => {
    await expect(caller.call({ ...REQUEST, region: 'eu-west-1' }, never)).rejects.toThrow('eu-west-1');
  });

  it('carries a whole benchmark, whose result is valid and can be summarized', async () => {
    const value = (median: number) => ({ kind: 'lognormal', median, sigma: 0.3 });
    behaviours.set({
      models: [
        { model: HAIKU, timeToFirstTokenMs: value(5), outputTokens: value(20), throttleRate: 0.2 },
        { model: NOVA, timeToFirstTokenMs: value(10), outputTokens: value(40), errorRate: 0.2 },
      ],
    });
    const asked = questions(2);
    const plan = planOf(
      { models: [HAIKU, NOVA], apis: [...APIS], runs: 10, concurrency: 4, warmup: 1, maxCostUsd: 5 },
      asked,
    );
    const prices = pricesOf({ [HAIKU]: { input: 1, output: 5 }, [NOVA]: { input: 0.33, output: 2.75 } });
    const benchmark = new Benchmark({ plan, questions: asked, prices });
    const result = await benchmark.measure({ call: caller.call });
    expect(benchmarkResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.calls).toHaveLength(4 * (1 + 20));

    const summaries = figuresOf({ ...result, quality: UNJUDGED });
    expect(summaries).toHaveLength(4 * 3);
    for (const { model, api, type, calls, ttftMs, errorRate, throttleRate } of summaries) {
      expect(calls).toBe(type === null ? 20 : 10);
      expect(ttftMs === null).toBe(api === 'converse');
      expect((model === HAIKU ? errorRate : throttleRate).value).toBe(0);
    }
    const sumOf = (name: 'errorRate' | 'throttleRate') =>
      summaries.reduce((sum, summary) => sum + summary[name].value, 0);
    expect(sumOf('errorRate')).toBeGreaterThan(0);
    expect(sumOf('throttleRate')).toBeGreaterThan(0);
  });
});
