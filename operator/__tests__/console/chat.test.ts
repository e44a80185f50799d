import {
  answeredWhole,
  asked,
  costOf,
  CUT,
  failed,
  heard,
  takeEvents,
  type Turn,
} from '../../console/page/chat';

const start = { name: 'start', data: { requestId: 'r1', region: 'us-east-1', tier: 'primary', model: 'm1' } };
const delta = (text: string) => ({ name: 'delta', data: { text } });
const end = (more: object = {}) => ({
  name: 'end',
  data: {
    ...{ complete: true, tier: 'primary', model: 'm1', stopReason: 'end_turn', degraded: false },
    usage: { inputTokens: 2, outputTokens: 3 },
    ...more,
  },
});
const other = { reason: 'stream_silence', tier: 'fallback', model: 'm2' };

/** Each event a millisecond after the one before. */
const told = (...events: readonly Parameters<typeof heard>[1][]): Turn =>
  events.reduce((turn, event, index) => heard(turn, event, index + 1), asked(1, 'Why?', 'general'));

describe('what a stream’s events become', () => {
  const cases: readonly (readonly [string, Turn, Partial<Turn>])[] = [
    [
      'says who speaks as soon as it is known',
      told(start),
      { state: 'speaking', tier: 'primary', region: 'us-east-1' },
    ],
    ['grows by what is said', told(start, delta('Be'), delta('cause')), { text: 'Because', firstMs: 2 }],
    [
      'is answered at its end',
      told(start, delta('So.'), end()),
      { state: 'answered', totalMs: 3, text: 'So.' },
    ],
    [
      'drops what a model had said that died, and keeps it to be shown as dropped',
      told(
        start,
        delta('Well'),
        { name: 'restart', data: other },
        delta('So.'),
        end({ tier: 'fallback', model: 'm2' }),
      ),
      {
        text: 'So.',
        tier: 'fallback',
        model: 'm2',
        breaks: [{ kind: 'restart', reason: 'stream_silence', dropped: 'Well' }],
      },
    ],
    [
      'keeps what was said where the next model goes on from it',
      told(start, delta('Well'), { name: 'continue', data: other }, delta(', so.')),
      { text: 'Well, so.', breaks: [{ kind: 'continue', reason: 'stream_silence', dropped: '' }] },
    ],
    [
      'says of the maintenance message why it is one',
      told(start, delta('Later.'), end({ tier: 'degraded', model: null, reason: 'internal_error' })),
      { tier: 'degraded', model: null, reason: 'internal_error', state: 'answered' },
    ],
    [
      'remembers the conversation',
      told(start, end({ conversation: { id: 'c1', stored: true }, context: { turns: 4, trimmed: 0 } })),
      { conversationId: 'c1', contextTurns: 4 },
    ],
    [
      'fails with what the assistant says',
      told(start, delta('We'), {
        name: 'error',
        data: { error: { code: 'internal_error', message: 'No.' } },
      }),
      { state: 'failed', reason: 'No. (internal_error)' },
    ],
    ['leaves alone what it does not know', told(start, { name: 'later', data: {} }), { state: 'speaking' }],
    [
      'has failed where it breaks off',
      failed(told(start, delta('We')), CUT, 9),
      { state: 'failed', text: 'We', totalMs: 9 },
    ],
  ];
  it.each(cases)('%s', (_, turn, wanted) => {
    expect(turn).toMatchObject(wanted);
  });
});

it.each([
  [
    429,
    { error: { code: 'too_many_requests', message: 'Wait.' } },
    { state: 'failed', reason: 'Wait. (too_many_requests)' },
  ],
  [
    200,
    { ...end().data, answer: 'So.', region: 'us-west-2' },
    { state: 'answered', text: 'So.', region: 'us-west-2' },
  ],
])('takes an answer in one piece, with status %s', (status, body, wanted) => {
  expect(answeredWhole(asked(1, 'Why?', 'general'), status, body, 5)).toMatchObject(wanted);
});

it('takes whole events, and leaves what has begun for later', () => {
  const text = 'event: start\ndata: {"tier":"primary"}\n\n: alive\n\nevent: delta\ndata: {"text":"a';
  const { events, rest } = takeEvents(text);
  expect(events).toEqual([{ name: 'start', data: { tier: 'primary' } }]);
  expect(takeEvents(`${rest}b"}\n\n`)).toEqual({
    events: [{ name: 'delta', data: { text: 'ab' } }],
    rest: '',
  });
});

const prices = { models: { 'us.a.own': { input: 1, output: 10 }, 'a.listed': { input: 2, output: 20 } } };
it.each([
  ['us.a.own', 32e-6],
  ['eu.a.listed', 64e-6],
  ['a.unlisted', undefined],
  [null, undefined],
])('an answer of %s costs %s', (model, cost) => {
  expect(costOf(told(start, end({ model })), prices)).toBe(cost);
});
