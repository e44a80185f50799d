import * as fc from 'fast-check';
import {
  mostTokensOfDay,
  secondsToNextDay,
  usageExpiry,
  usageKey,
  USAGE_VIEW_MS,
} from '../../contract/usage';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 10, 26, 12);

describe('a day of a caller', () => {
  it.each([
    [NOON, '2026-11-26/shop', 12 * 3_600],
    [Date.UTC(2026, 10, 26), '2026-11-26/shop', 24 * 3_600],
    [Date.UTC(2026, 10, 27) - 1, '2026-11-26/shop', 1],
    [Date.UTC(2026, 11, 31, 23, 59, 30), '2026-12-31/shop', 30],
  ])('at %d is %s, and ends in %d s', (now, key, seconds) => {
    expect([usageKey('shop', now), secondsToNextDay(now)]).toEqual([key, seconds]);
  });

  it('is kept longer than it lasts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 48 * HOUR_MS }), (ms) => {
        const now = NOON + ms;
        expect(usageExpiry(now)).toBeGreaterThan(now / 1_000 + secondsToNextDay(now));
      }),
    );
  });
});

/** A request as the region sees it: milliseconds at which it is let through, for which it takes, and its tokens. */
interface Asked {
  readonly at: number;
  readonly takes: number;
  readonly tokens: number;
  /** By how many milliseconds what its instance knows may be old. */
  readonly viewAge: number;
}

/** The tokens of a region where each request is checked by an instance's view, and counted when it ends. */
function spend(requests: readonly Asked[], limit: number): number {
  const counted: { readonly at: number; readonly tokens: number }[] = [];
  const sumAt = (time: number) =>
    counted.reduce((sum, { at, tokens }) => (at <= time ? sum + tokens : sum), 0);
  for (const { at, takes, tokens, viewAge } of [...requests].sort((one, other) => one.at - other.at)) {
    if (sumAt(at - viewAge) < limit) counted.push({ at: at + takes, tokens });
  }
  return sumAt(Infinity);
}

/** What a token bucket lets through of requests that come at such times. */
function letThrough(requests: readonly Asked[], rate: number, burst: number): readonly Asked[] {
  let [tokens, before] = [burst, 0];
  return [...requests]
    .sort((one, other) => one.at - other.at)
    .filter(({ at }) => {
      tokens = Math.min(burst, tokens + ((at - before) * rate) / 1_000);
      before = at;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    });
}

describe('the most that a caller uses on a day', () => {
  const [REQUEST_MS, MOST_TOKENS] = [5_000, 1_000];
  const request = fc.record({
    at: fc.integer({ min: 0, max: 30_000 }),
    takes: fc.integer({ min: 0, max: REQUEST_MS }),
    tokens: fc.integer({ min: 1, max: MOST_TOKENS }),
    viewAge: fc.integer({ min: 0, max: USAGE_VIEW_MS }),
  });
  const limits = fc.record({
    limit: fc.integer({ min: 1, max: 20_000 }),
    rate: fc.integer({ min: 1, max: 5 }),
    burst: fc.integer({ min: 1, max: 10 }),
  });

  it('is never exceeded, whenever requests come, however long they take and however old views are', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 300, size: 'max' }),
        limits,
        (requests, { limit, rate, burst }) => {
          const used = spend(letThrough(requests, rate, burst), limit);
          expect(used).toBeLessThanOrEqual(
            mostTokensOfDay(limit, {
              requestsPerSecond: rate,
              burst,
              requestMs: REQUEST_MS,
              tokensPerRequest: MOST_TOKENS,
              regions: 1,
            }),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is no figure that nobody reaches: the worst caller comes within a request of it', () => {
    const [limit, rate, burst] = [3_000, 2, 4];
    const worst = (at: number): Asked => ({
      at,
      takes: REQUEST_MS,
      tokens: MOST_TOKENS,
      viewAge: USAGE_VIEW_MS,
    });
    // Just less than the limit is used; then all come that the bucket holds, and as they come.
    const first = { at: 0, takes: 0, tokens: limit - 1, viewAge: 0 };
    const requests = Array.from({ length: 2_000 }, (_, index) => worst(20_000 + index * 10));
    const used = spend([first, ...letThrough(requests, rate, burst)], limit);
    const terms = { requestsPerSecond: rate, burst, requestMs: REQUEST_MS, tokensPerRequest: MOST_TOKENS };
    const most = mostTokensOfDay(limit, { ...terms, regions: 1 });
    expect(used).toBeGreaterThan(most - 2 * MOST_TOKENS);
    expect(mostTokensOfDay(limit, { ...terms, regions: 2 })).toBe(2 * most);
  });
});
