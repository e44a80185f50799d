import { StorePatience } from '../../../lambdas/tier/circuit/store-patience';

/** What has become of requests before, at which time, by milliseconds of the same clock as `asksAt`. */
type Before = readonly (readonly [at: number, how: 'answered' | ['waited in vain' | 'failed', number]])[];

describe('a request of which the circuit', () => {
  it.each<[string, { ageMs: number; before?: Before; asksAt?: number; waits: number }]>([
    ['is known as of less than a second ago waits for nothing', { ageMs: 999, waits: 0 }],
    ['is known as of a second ago waits for a look', { ageMs: 1_000, waits: 75 }],
    ['is known as of two seconds ago waits for the read', { ageMs: 2_000, waits: 1_000 }],
    ['is not known waits for the read', { ageMs: Infinity, waits: 1_000 }],
    [
      'is not known, after a second in vain, rests for a second',
      { ageMs: Infinity, before: [[0, ['waited in vain', 1_000]]], asksAt: 999, waits: 0 },
    ],
    [
      'is not known, later than a second after a second in vain, waits for a look',
      { ageMs: Infinity, before: [[0, ['waited in vain', 1_000]]], asksAt: 1_000, waits: 75 },
    ],
    [
      'is not known, half a minute after a second in vain, waits for the read again',
      { ageMs: Infinity, before: [[0, ['waited in vain', 1_000]]], asksAt: 30_000, waits: 1_000 },
    ],
    [
      'is not known, after one in vain that had no second itself, waits for the read',
      { ageMs: Infinity, before: [[0, ['waited in vain', 50]]], waits: 1_000 },
    ],
    [
      'is known as of a second ago, after one in vain, rests for a second',
      { ageMs: 1_000, before: [[0, ['waited in vain', 75]]], asksAt: 999, waits: 0 },
    ],
    [
      'is not known, after a failure that took its time, waits for a look',
      { ageMs: Infinity, before: [[0, ['failed', 76]]], asksAt: 29_999, waits: 75 },
    ],
    [
      'is not known, right after a failure, rests for a second',
      { ageMs: Infinity, before: [[0, ['failed', 500]]], asksAt: 999, waits: 0 },
    ],
    [
      'is not known, a second after a failure at once, waits for the read',
      { ageMs: Infinity, before: [[0, ['failed', 75]]], asksAt: 1_000, waits: 1_000 },
    ],
    [
      'is not known, after a failure and an answer, waits for the read',
      {
        ageMs: Infinity,
        before: [
          [0, ['failed', 500]],
          [100, 'answered'],
        ],
        asksAt: 100,
        waits: 1_000,
      },
    ],
  ])('%s', (_, { ageMs, before = [], asksAt = 0, waits }) => {
    let now = 0;
    const patience = new StorePatience(() => now);
    for (const [at, how] of before) {
      now = at;
      if (how === 'answered') patience.answered('a');
      else if (how[0] === 'failed') patience.failed('a', how[1]);
      else patience.waitedInVain('a', how[1]);
    }
    now = asksAt;
    expect(patience.waitMs('a', ageMs)).toBe(waits);
  });

  it('is another model’s waits for the read, though the first one’s was in vain', () => {
    const patience = new StorePatience(() => 0);
    patience.waitedInVain('a', 1_000);
    expect(patience.waitMs('b', Infinity)).toBe(1_000);
  });
});
