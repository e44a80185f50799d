import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { FAULT_MODES, modesWith } from '../../../platform/faults/modes';
import { NOVEMBER_2026, Rig } from './fixture';

/** What a stream fails of after its beginning is tested with the streams. */
type Mode = Exclude<keyof typeof FAULT_MODES.bedrock, `stream_${string}`>;

/** For answers that come, on however busy a machine; and for those that never do. */
const PATIENCE_MS = 5_000;
const IMPATIENCE_MS = 200;

const exception = (name: string, httpStatusCode: number) => ({ name, $metadata: { httpStatusCode } });
const broken = { name: 'SyntaxError', $response: { statusCode: 200 } };
const aborted = { name: 'AbortError' };

/** What the SDK throws under each mode that fails a call. */
const FAILURES: readonly (readonly [Mode, object])[] = [
  ['error', exception('InternalServerException', 500)],
  ['throttle', exception('ThrottlingException', 429)],
  ['unavailable', exception('ServiceUnavailableException', 503)],
  ['not_ready', exception('ModelNotReadyException', 429)],
  ['model_error', exception('ModelErrorException', 424)],
  ['model_timeout', exception('ModelTimeoutException', 408)],
  ['eol', exception('ResourceNotFoundException', 404)],
  ['denied', exception('AccessDeniedException', 403)],
  ['quota', exception('ServiceQuotaExceededException', 400)],
  ['validation', exception('ValidationException', 400)],
  ['too_long', exception('ValidationException', 400)],
  ['wrong_throughput', exception('ValidationException', 400)],
  ['unsupported_field', exception('ValidationException', 400)],
  ['filter_refused', exception('ValidationException', 400)],
  ['guardrail_missing', exception('ValidationException', 400)],
  ['guardrail_denied', exception('AccessDeniedException', 403)],
  ['guardrail_throttle', exception('ThrottlingException', 429)],
  ['guardrail_unavailable', exception('ServiceUnavailableException', 503)],
  ['unknown', exception('UnheardOfException', 520)],
  ['timeout', aborted],
  ['drip', aborted],
  ['slow', aborted],
  ['reset', { code: 'ECONNRESET' }],
  ['reset_mid_body', { code: 'ECONNRESET', $response: { statusCode: 200 } }],
  ['malformed', broken],
  ['html', broken],
];

const text = (value: string) => [{ text: value }];
const half = text(expect.stringMatching(/^\[stand-in for/) as string);

/** What the SDK returns under each mode that answers a call. */
const ANSWERS: readonly (readonly [Mode, string, sdk.ContentBlock[] | object])[] = [
  ['empty', 'end_turn', []],
  ['blank', 'end_turn', text(' \n')],
  ['malformed_output', 'malformed_model_output', half],
  ['budget_spent', 'max_tokens', []],
  ['truncated_answer', 'max_tokens', half],
  ['filtered', 'content_filtered', []],
  ['guardrail', 'guardrail_intervened', text('Sorry, the model cannot answer this question.')],
];

let rig: Rig;

beforeAll(async () => {
  rig = await Rig.start({ now: () => NOVEMBER_2026 });
});
afterAll(() => rig.stop());
afterEach(() => {
  rig.faults.clear();
});

const inject = (mode: string, values: object = {}) =>
  rig.faults.add({ region: 'primary', target: 'bedrock', mode, ...values });

describe('the modes of Bedrock', () => {
  it.each(FAILURES)('%s fails a call', async (mode, thrown) => {
    inject(mode);
    const waitMs = thrown === aborted ? IMPATIENCE_MS : PATIENCE_MS;
    await expect(rig.converse({}, AbortSignal.timeout(waitMs))).rejects.toMatchObject(thrown);
  });

  it.each(ANSWERS)('%s answers a call', async (mode, stopReason, content) => {
    inject(mode);
    expect(await rig.converse()).toMatchObject({ stopReason, output: { message: { content } } });
  });

  it('are all in the tables above', () => {
    const modes = [...FAILURES, ...ANSWERS].map(([mode]) => mode as string);
    expect([...modes, ...modesWith('bedrock', 'fate')].sort()).toEqual(
      Object.keys(FAULT_MODES.bedrock).sort(),
    );
  });

  it.each([
    [2, '2'],
    [undefined, undefined],
  ])('tell how long to wait where a throttle is asked to: %s', async (retryAfter, header) => {
    inject('throttle', { ...(retryAfter && { retryAfter }) });
    const error = await rig.converse().catch((failure: unknown) => failure as sdk.ThrottlingException);
    expect(error).toBeInstanceOf(sdk.ThrottlingException);
    expect((error as sdk.ThrottlingException).$response?.headers['retry-after']).toBe(header);
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
