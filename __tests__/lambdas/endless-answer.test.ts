import type { ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { call, LONG_MS } from './call-model-fixture';
import { says, scripted } from './scripted-bedrock';

/** As much as is held of an answer: what Step Functions carries. */
const LIMIT = 262_144;
const PIECE = 'x'.repeat(1_000);

/** A model that says the same for ever, and what is taken of it. */
function endless() {
  const taken = { count: 0, hasEnded: false };
  const bedrock = scripted([]);
  bedrock.converseStream = (_, signal) => Promise.resolve(say(signal));
  async function* say(signal: AbortSignal) {
    try {
      for (;;) {
        // As a connection, it lets others have their turn, and ends with the signal.
        await new Promise(setImmediate);
        signal.throwIfAborted();
        taken.count += 1;
        yield says(PIECE) as ConverseStreamOutput;
      }
    } finally {
      taken.hasEnded = true;
    }
  }
  return { bedrock, taken };
}

const reader = (onText: (text: string) => Promise<void> | undefined) => {
  const leaving = new AbortController();
  return { leaving, onText, left: leaving.signal, speakUntil: Date.now() + LONG_MS };
};

describe('an answer without an end', () => {
  // However long it takes here, no time passes for it.
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
  afterEach(() => jest.useRealTimers());

  it('is held and shown as far as its limit; then it is cut, and its stream is ended', async () => {
    const { bedrock, taken } = endless();
    let shown = 0;
    const { result } = await call(bedrock, {
      reader: reader((text) => {
        shown += text.length;
        return undefined;
      }),
    });
    expect(result).toMatchObject({ reply: { stopReason: 'size_limit' } });
    const { text } = (result as { readonly reply: { readonly text: string } }).reply;
    expect(text.length).toBeGreaterThan(LIMIT);
    expect(text.length).toBeLessThanOrEqual(LIMIT + PIECE.length);
    expect(shown).toBe(text.length);
    expect(taken).toEqual({ count: Math.ceil(LIMIT / PIECE.length), hasEnded: true });
  });

  it('is asked for no more while its caller takes none, and not even the rest of it is waited for', async () => {
    const { bedrock, taken } = endless();
    const stuck = reader(
      () =>
        new Promise((resolve) => {
          stuck.left.addEventListener('abort', () => {
            resolve();
          });
        }),
    );
    const called = call(bedrock, { reader: stuck });
    await jest.advanceTimersByTimeAsync(4_000);
    expect(taken.count).toBe(1);
    stuck.leaving.abort();
    expect((await called).result).toMatchObject({ failure: 'abandoned' });
    expect(taken.hasEnded).toBe(true);
  });
});
