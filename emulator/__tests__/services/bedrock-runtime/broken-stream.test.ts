import { setTimeout as delay } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { type FAULT_MODES, modesWith } from '../../../platform/faults/modes';
import { Rig } from './fixture';

type StreamMode = Extract<keyof typeof FAULT_MODES.bedrock, `stream_${string}`>;

const STREAM_MODES = modesWith('bedrock', 'fate');

let rig: Rig;
let whole: sdk.ConverseStreamOutput[];
beforeAll(async () => {
  rig = await Rig.start({ answer: () => Promise.resolve({ text: 'It is on its way to you.' }) });
  whole = (await consume()).events;
});
afterAll(() => rig.stop());
afterEach(() => {
  rig.faults.clear();
});

const inject = (mode: string, values: object = {}) =>
  rig.faults.add({ region: 'primary', target: 'bedrock', mode, ...values });

/**
 * What came of a stream before it failed, and what it failed with.
 * @param hangUpAfter the caller gives up a while after so many events
 */
async function consume(hangUpAfter = Infinity) {
  const caller = new AbortController();
  const events: sdk.ConverseStreamOutput[] = [];
  try {
    for await (const event of rig.stream({}, caller.signal)) {
      events.push(event);
      if (events.length === hangUpAfter) {
        void delay(A_WHILE_MS).then(() => {
          caller.abort();
        });
      }
    }
    return { events };
  } catch (error) {
    return { events, error };
  }
}
const A_WHILE_MS = 200;
/** How the SDK words its caller's own hang-up once the response has begun; before that it is an AbortError. */
const HUNG_UP = { code: 'ECONNRESET' };

/** What the SDK throws after three good events; undefined where it takes the stream for complete. */
const FAILURES: readonly (readonly [StreamMode, object | undefined])[] = [
  ['stream_error', { name: 'ModelStreamErrorException' }],
  ['stream_internal_error', { name: 'InternalServerException' }],
  ['stream_throttle', { name: 'ThrottlingException' }],
  ['stream_unavailable', { name: 'ServiceUnavailableException' }],
  ['stream_validation', { name: 'ValidationException' }],
  ['stream_corrupt', { message: expect.stringContaining('message checksum') as string }],
  ['stream_silence', HUNG_UP],
  ['stream_end', undefined],
];

describe('a stream that has begun', () => {
  it.each(FAILURES)('fails of %s', async (mode, failure) => {
    inject(mode);
    const { events, error } = await consume(failure === HUNG_UP ? 3 : Infinity);
    expect(events).toEqual(whole.slice(0, 3));
    if (failure === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject(failure);
  });

  it('is tested with every mode', () => {
    expect(FAILURES.map(([mode]) => mode).sort()).toEqual([...STREAM_MODES].sort());
  });

  it.each([
    [0, 0],
    [5, 5],
    [10_000, -1],
  ])('fails after %s events, before its last at the latest', async (events, sent) => {
    inject('stream_throttle', { events });
    const seen = await consume();
    expect(seen.error).toBeInstanceOf(sdk.ThrottlingException);
    // The last event holds measured milliseconds, and is not among those that come.
    expect(seen.events).toEqual(whole.slice(0, sent));
  });

  it.each(STREAM_MODES)('Converse does not know %s', async (mode) => {
    inject(mode);
    expect((await rig.converse()).stopReason).toBe('end_turn');
  });
});

describe('modes of Converse and ConverseStream alike', () => {
  it.each([
    ['error', sdk.InternalServerException, 500],
    ['throttle', sdk.ThrottlingException, 429],
    ['denied', sdk.AccessDeniedException, 403],
  ])('%s fails before the stream begins', async (mode, Exception, httpStatusCode) => {
    inject(mode);
    const { events, error } = await consume();
    expect(events).toEqual([]);
    expect(error).toBeInstanceOf(Exception);
    expect(error).toMatchObject({ $metadata: { httpStatusCode } });
  });

  it('reset_mid_body resets the connection after half of the events', async () => {
    inject('reset_mid_body');
    const { events, error } = await consume();
    expect(events).toEqual(whole.slice(0, Math.floor(whole.length / 2)));
    expect(error).toMatchObject({ code: 'ECONNRESET' });
  });

  it('drip sends byte after byte, and never the last one', async () => {
    inject('drip', { ms: 0 });
    const { events, error } = await consume(whole.length - 1);
    expect(events).toEqual(whole.slice(0, -1));
    expect(error).toMatchObject(HUNG_UP);
  });

  it.each([
    ['reset', { code: 'ECONNRESET' }],
    ['html', { message: expect.stringContaining('Truncated event message') as string }],
  ])('%s lets no event through', async (mode, failure) => {
    inject(mode);
    const { events, error } = await consume();
    expect(events).toEqual([]);
    expect(error).toMatchObject(failure);
  });

  it('timeout never answers', async () => {
    inject('timeout');
    const first = rig.stream({}, AbortSignal.timeout(A_WHILE_MS)).next();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('slow streams as usual, later', async () => {
    inject('slow', { ms: 60 });
    const startedAt = performance.now();
    expect((await consume()).events.slice(0, -1)).toEqual(whole.slice(0, -1));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(59);
  });

  it('truncated_answer ends on half of the text', async () => {
    inject('truncated_answer');
    expect((await consume()).events.at(-2)).toEqual({ messageStop: { stopReason: 'max_tokens' } });
  });
});
