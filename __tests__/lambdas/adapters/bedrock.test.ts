import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FailureClass } from '../../../contract/bedrock-failures';
import { createBedrock } from '../../../lambdas/adapters/bedrock';
import { callModel, type CallOptions } from '../../../lambdas/tier/call-model';
import { HAIKU, NOVEMBER_2026, Rig } from '../../../emulator/__tests__/services/bedrock-runtime/fixture';
import { FAULT_MODES } from '../../../emulator/platform/faults/modes';
import { REACTIONS } from '../../../lambdas/tier/reactions';

/** Longer than a busy machine needs for any answer. */
const PATIENCE_MS = 60_000;
const IMPATIENCE_MS = 800;

/** What a model is given no more time for, where that is what it fails by. */
const LIMITS: Partial<Record<FailureClass, Partial<CallOptions['model']>>> = {
  timeout: { firstSignMs: IMPATIENCE_MS },
  stalled: { gapMs: IMPATIENCE_MS },
};

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start({ now: () => NOVEMBER_2026 });
  // The functions' client finds its endpoint in the environment, as on Lambda.
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'ASIATIER',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: rig.url,
  });
});
afterAll(() => rig.stop());
afterEach(() => {
  rig.faults.clear();
});

function call(changes: Partial<CallOptions['model']> = {}) {
  return callModel({
    bedrock: createBedrock(),
    unstreamed: new Set(),
    model: { modelId: HAIKU, firstSignMs: PATIENCE_MS, gapMs: PATIENCE_MS, ...changes },
    rule: { systemPrompt: 'Be brief.', maxTokens: 100 },
    question: 'Where is my parcel?',
    deadline: Date.now() + PATIENCE_MS,
    leastMs: PATIENCE_MS,
    maxRetryAfterMs: 0,
    maxRetries: 0,
    onUsage: () => undefined,
    onFailure: () => undefined,
  });
}

type Mode = keyof typeof FAULT_MODES.bedrock;

/** How a tier takes what the client of the SDK makes of Bedrock's replies, whole or as a stream. */
const FAILURES: readonly (readonly [Mode, FailureClass])[] = [
  ['error', 'internal_error'],
  ['throttle', 'throttled'],
  ['unavailable', 'unavailable'],
  ['not_ready', 'not_ready'],
  ['model_error', 'model_error'],
  ['model_timeout', 'model_timeout'],
  ['eol', 'model_not_found'],
  ['denied', 'access_denied'],
  ['quota', 'quota_exceeded'],
  ['validation', 'request_rejected'],
  ['too_long', 'input_too_long'],
  ['wrong_throughput', 'wrong_throughput'],
  ['unsupported_field', 'misconfigured'],
  ['guardrail_missing', 'guardrail_misconfigured'],
  ['guardrail_denied', 'guardrail_misconfigured'],
  ['guardrail_throttle', 'guardrail_throttled'],
  ['guardrail_unavailable', 'guardrail_unavailable'],
  ['unknown', 'unknown'],
  ['timeout', 'timeout'],
  ['drip', 'timeout'],
  ['slow', 'timeout'],
  ['reset', 'connection_failed'],
  ['reset_mid_body', 'connection_lost'],
  ['malformed', 'invalid_response'],
  ['html', 'invalid_response'],
  ['empty', 'no_answer'],
  ['blank', 'no_answer'],
  ['malformed_output', 'no_answer'],
  ['budget_spent', 'budget_spent'],
  ['stream_error', 'model_error'],
  ['stream_internal_error', 'internal_error'],
  ['stream_throttle', 'throttled'],
  ['stream_unavailable', 'unavailable'],
  ['stream_validation', 'request_rejected'],
  ['stream_silence', 'stalled'],
  ['stream_end', 'connection_lost'],
  ['stream_corrupt', 'invalid_response'],
];

const ANSWERS: readonly (readonly [Mode, string])[] = [
  ['truncated_answer', 'max_tokens'],
  ['filtered', 'content_filtered'],
  ['guardrail', 'guardrail_intervened'],
  ['filter_refused', 'content_filtered'],
];

const inject = (mode: Mode) => rig.faults.add({ region: 'primary', target: 'bedrock', mode });

describe('a call of Bedrock by its real client', () => {
  it('brings the answer, as a stream or in one piece', async () => {
    const streamed = await call();
    const whole = await call({ streams: false });
    expect(streamed).toMatchObject({
      reply: { text: expect.stringMatching(/./) as string, stopReason: 'end_turn' },
    });
    expect(whole).toEqual(streamed);
  });

  it.each(FAILURES)('under the mode %s fails with %s', async (mode, failure) => {
    inject(mode);
    expect(await call(LIMITS[failure])).toEqual({ failure });
  });

  it.each(ANSWERS)('under the mode %s answers, and says %s', async (mode, stopReason) => {
    inject(mode);
    expect(await call()).toMatchObject({
      reply: { text: expect.stringMatching(/./) as string, stopReason },
    });
  });

  it('is tried under every mode, and provokes every failure but a time that is up and a caller who leaves', () => {
    const modes = [...FAILURES, ...ANSWERS].map(([mode]) => mode);
    expect([...modes].sort()).toEqual(Object.keys(FAULT_MODES.bedrock).sort());
    const provoked = new Set([
      ...FAILURES.map(([, failure]) => failure),
      ...['content_filtered', 'guardrail_intervened', 'unfinished', 'out_of_time', 'abandoned'],
    ]);
    expect([...provoked].sort()).toEqual(Object.keys(REACTIONS).sort());
  });
});

// They are taken out by their names, which an SDK to come may change.
it('sends no headers that cost each call something and that nobody reads', async () => {
  const sent: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, response) => {
    sent.push(headers);
    response.writeHead(500).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const known = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_LAMBDA_FUNCTION_NAME: 'primary-model',
    _X_AMZN_TRACE_ID: 'Root=1-67891233-abcdef012345678912345678;Sampled=0',
  });
  await expect(call()).resolves.toMatchObject({ failure: 'internal_error' });
  process.env = known;
  server.closeAllConnections();
  server.close();
  expect(sent.length).toBeGreaterThan(0);
  expect(sent[0]).toHaveProperty('authorization');
  for (const header of ['user-agent', 'x-amz-user-agent', 'x-amzn-trace-id'])
    expect(sent[0]).not.toHaveProperty(header);
});
