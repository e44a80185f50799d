import fc from 'fast-check';
import type { ModelAnswer } from '../../contract/api';
import { fitAnswer, STATE_LIMIT_BYTES } from '../../lambdas/tier/fit-answer';

const answer = (text: string): ModelAnswer => ({
  answer: text,
  model: 'm'.repeat(2_048),
  tier: 'primary',
  degraded: false,
  region: 'us-east-1',
  requestId: 'request-1',
  stopReason: 'end_turn',
  usage: { inputTokens: 7, outputTokens: 3 },
});

/** The state after a tier, as the state machine holds it. */
const stateBytes = (body: string, response: object) =>
  Buffer.byteLength(
    JSON.stringify({
      kind: 'question',
      source: 'caller',
      requestId: '01234567-0123-0123-0123-0123456789ab',
      body,
      bodyTooLarge: false,
      primary: {
        payload: { unanswered: { reason: 'throttled', maintenanceMessage: '\u0001'.repeat(1_000) } },
      },
      fallback: { payload: { response } },
    }),
  );

const read = (body: string) => JSON.parse(body) as ModelAnswer;

/** Characters that take one byte, and those that grow at each escaping. */
const unit = fc.constantFrom('a', '"', '\\', '\n', '\u0001', 'é', '漢', '\u{1F600}', '\uD83D');
const text = fc
  .tuple(fc.array(unit, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 200_000 }))
  .map(([units, length]) => units.join('').repeat(Math.ceil(length / units.length)));
const body = fc.tuple(unit, fc.integer({ min: 1, max: 8_000 })).map(([one, length]) => one.repeat(length));

describe('an answer', () => {
  it('is carried by the state machine, whatever its characters are', () => {
    fc.assert(
      fc.property(text, body, (long, question) => {
        const asked = JSON.stringify({ question });
        const response = fitAnswer(answer(long), { body: asked });
        expect(stateBytes(asked, response)).toBeLessThanOrEqual(STATE_LIMIT_BYTES);
        const given = read(response.body);
        if (given.stopReason === 'end_turn') expect(given).toEqual(answer(long));
        else expect(long.startsWith(given.answer)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('is whole while it can be, and else cut as late as can be, which its stop reason says', () => {
    const question = { body: '{"question":"Hi"}' };
    expect(read(fitAnswer(answer('a'.repeat(200_000)), question).body).stopReason).toBe('end_turn');
    const cut = read(fitAnswer(answer('a'.repeat(300_000)), question).body);
    expect(cut.stopReason).toBe('size_limit');
    expect(cut.answer.length).toBeGreaterThan(240_000);
  });

  it('is not cut within a character', () => {
    const smile = '\u{1F600}';
    for (const offset of ['', 'a']) {
      const cut = read(fitAnswer(answer(offset + smile.repeat(70_000)), { body: '{}' }).body);
      expect(cut.answer.endsWith(smile)).toBe(true);
    }
  });
});
