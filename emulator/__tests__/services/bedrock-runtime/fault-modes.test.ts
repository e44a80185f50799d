import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { classifyFailure, type FailureClass } from '../../../../contract/bedrock-failures';
import { retryAfterMs } from '../../../../lambdas/tier/call-model';
import { createBedrock } from '../../../../lambdas/adapters/bedrock';
import { converseInput, readReply, type ModelReply } from '../../../../lambdas/tier/converse';
import { REACTIONS } from '../../../../lambdas/tier/reactions';
import { FAULT_MODES } from '../../../platform/faults/modes';
import { STREAM_MODES } from '../../../platform/faults/stream-modes';
import { recogniseNodeErrors } from '../../platform/http/node-errors';
import { HAIKU, NOVEMBER_2026, Rig } from './fixture';

/** What a stream fails of after its beginning is tested with the streams. */
type Mode = Exclude<keyof typeof FAULT_MODES.bedrock, keyof typeof STREAM_MODES>;

recogniseNodeErrors();

/** For answers that come, on however busy a machine; and for those that never do. */
const PATIENCE_MS = 5_000;
const IMPATIENCE_MS = 200;

const exception = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });
const broken = { name: 'SyntaxError', $response: { statusCode: 200 } };
const aborted = { name: 'AbortError' };

/** What the SDK throws under each mode that fails a call, and what the functions take it for. */
const FAILURES: readonly (readonly [Mode, object, FailureClass])[] = [
  ['error', exception('InternalServerException', 500), 'internal_error'],
  ['throttle', exception('ThrottlingException', 429), 'throttled'],
  ['unavailable', exception('ServiceUnavailableException', 503), 'unavailable'],
  ['not_ready', exception('ModelNotReadyException', 429), 'not_ready'],
  ['model_error', exception('ModelErrorException', 424), 'model_error'],
  ['model_timeout', exception('ModelTimeoutException', 408), 'model_timeout'],
  ['eol', exception('ResourceNotFoundException', 404), 'model_not_found'],
  ['denied', exception('AccessDeniedException', 403), 'access_denied'],
  ['quota', exception('ServiceQuotaExceededException', 400), 'quota_exceeded'],
  ['validation', exception('ValidationException', 400), 'request_rejected'],
  ['too_long', exception('ValidationException', 400), 'input_too_long'],
  ['wrong_throughput', exception('ValidationException', 400), 'wrong_throughput'],
  ['unknown', exception('UnheardOfException', 418), 'unknown'],
  ['timeout', aborted, 'timeout'],
  ['drip', aborted, 'timeout'],
  ['slow', aborted, 'timeout'],
  ['reset', { code: 'ECONNRESET' }, 'connection_failed'],
  ['reset_mid_body', { code: 'ECONNRESET', $response: { statusCode: 200 } }, 'connection_lost'],
  ['malformed', broken, 'invalid_response'],
  ['html', broken, 'invalid_response'],
];

const text = (value: string) => [{ text: value }];
const half = text(expect.stringMatching(/^\[stand-in for/) as string);
const reply = (stopReason: string, value: unknown) => ({ stopReason, text: value });
const invalid: FailureClass = 'invalid_response';

/** What the SDK returns under each mode that answers a call, and what the functions make of it. */
const ANSWERS: readonly (readonly [Mode, string, sdk.ContentBlock[] | object, object | FailureClass])[] = [
  ['empty', 'end_turn', [], invalid],
  ['blank', 'end_turn', text(' \n'), invalid],
  ['malformed_output', 'malformed_model_output', half, invalid],
  ['truncated_answer', 'max_tokens', half, reply('max_tokens', expect.stringMatching(/^\[stand-in for/))],
  ['filtered', 'content_filtered', [], reply('content_filtered', expect.stringMatching(/filter/))],
  [
    'guardrail',
    'guardrail_intervened',
    text('Sorry, the model cannot answer this question.'),
    reply('guardrail_intervened', 'Sorry, the model cannot answer this question.'),
  ],
];

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

const inject = (mode: string, values: object = {}) =>
  rig.faults.add({ region: 'primary', target: 'bedrock', mode, ...values });

/** A call of a model as the functions make it: the reply, or the class of its failure. */
async function callAsFunction(waitMs = PATIENCE_MS): Promise<ModelReply | FailureClass> {
  const signal = AbortSignal.timeout(waitMs);
  const rule = { systemPrompt: 'Be brief.', maxTokens: 100 };
  try {
    const input = converseInput({ model: { modelId: HAIKU }, rule, question: 'Where is my parcel?' });
    return readReply(await createBedrock()(input, signal));
  } catch (error) {
    return classifyFailure(error, signal.aborted);
  }
}

describe('the modes of Bedrock', () => {
  it.each(FAILURES)('%s fails a call', async (mode, thrown, failure) => {
    inject(mode);
    const waitMs = failure === 'timeout' ? IMPATIENCE_MS : PATIENCE_MS;
    await expect(rig.converse({}, AbortSignal.timeout(waitMs))).rejects.toMatchObject(thrown);
    expect(await callAsFunction(waitMs)).toBe(failure);
  });

  it.each(ANSWERS)('%s answers a call', async (mode, stopReason, content, outcome) => {
    inject(mode);
    const output = await rig.converse();
    expect(output).toMatchObject({ stopReason, output: { message: { content } } });
    const seen = await callAsFunction();
    if (typeof outcome === 'string') expect(seen).toBe(outcome);
    else expect(seen).toMatchObject(outcome);
  });

  it('are all in the tables above', () => {
    const modes = [...FAILURES, ...ANSWERS].map(([mode]) => mode as string);
    expect([...modes, ...Object.keys(STREAM_MODES)].sort()).toEqual(Object.keys(FAULT_MODES.bedrock).sort());
  });

  it('provoke every failure that the functions react to', () => {
    const classes = new Set<FailureClass>(FAILURES.map(([, , failure]) => failure));
    expect([...classes].sort()).toEqual(Object.keys(REACTIONS).sort());
  });

  it('tell how long to wait where a throttle is asked to', async () => {
    inject('throttle', { retryAfter: 2 });
    const error: unknown = await rig.converse().catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(sdk.ThrottlingException);
    expect(retryAfterMs(error, Date.now())).toBe(2_000);
  });

  it('say nothing of waiting otherwise', async () => {
    inject('throttle');
    const error: unknown = await rig.converse().catch((failure: unknown) => failure);
    expect(retryAfterMs(error, Date.now())).toBeUndefined();
  });

  it('end a truncated answer halfway', async () => {
    inject('truncated_answer');
    const whole = await rig.converse();
    rig.faults.clear();
    const { output } = await rig.converse();
    const [first, full] = [whole, { output }].map(
      (answer) => answer.output?.message?.content?.[0]?.text ?? '',
    );
    expect(full).toContain(first);
    expect(first?.length).toBe(Math.ceil((full?.length ?? 0) / 2));
  });

  it('of an answer still refuse what Bedrock refuses', async () => {
    inject('truncated_answer');
    await expect(rig.converse({ messages: [] })).rejects.toBeInstanceOf(sdk.ValidationException);
  });
});
