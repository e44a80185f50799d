import * as fc from 'fast-check';
import {
  mostTokensOfDay,
  secondsToNextDay,
  usageExpiry,
  usageKey,
  USAGE_VIEW_MS,
} from '../../contract/usage';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultModelConfig } from '../../contract/default-model-config';
import type { ModelChoice, ModelRule } from '../../contract/model-config';
import { MAX_ESCAPED_BODY, MAX_QUESTION_CHARACTERS } from '../../contract/question';
import { BYTES_PER_TOKEN } from '../../lambdas/tier/converse';
import { WRITE_WAIT_MS } from '../../lambdas/tier/token-budget';
import { models as PRICES } from '../../operator/benchmark/prices.json';
import { shippedConfig } from '../support/synthesize';

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

describe('what docs/operate/callers.md says of the shipped day', () => {
  const DOCUMENT = readFileSync(join(__dirname, '../../docs/operate/callers.md'), 'utf8');
  const { budget, callers, streaming } = shippedConfig();
  const { tokensPerDay = 0, rate = { requestsPerSecond: 0, burst: 0 } } = callers.limits ?? {};
  const rules = [defaultModelConfig.default, ...Object.values(defaultModelConfig.types)];
  const priceOf = (modelId: string) => {
    const price = Object.entries(PRICES).find(([id]) => id === modelId || `us.${id}` === modelId)?.[1];
    if (price === undefined) throw new Error(`${modelId} has no price.`);
    return price;
  };
  const roundedUp = (value: number, digits: number) => Math.ceil(value * 10 ** digits) / 10 ** digits;
  const text = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 2 });
  const underWay = (seconds: number) =>
    rate.burst + rate.requestsPerSecond * (seconds + USAGE_VIEW_MS / 1_000);

  /** Of a request that each model of its rule reads, and answers at its greatest length. */
  const worst = (bytes: number, of: (rule: ModelRule, model: ModelChoice, bytes: number) => number) =>
    Math.max(
      ...rules.map((rule) =>
        [rule.primary, rule.fallback].reduce(
          (sum, model) => sum + of(rule, model, bytes + Buffer.byteLength(rule.systemPrompt)),
          0,
        ),
      ),
    );
  const [tokens, fewer] = [MAX_ESCAPED_BODY, MAX_QUESTION_CHARACTERS].map((most) =>
    text(
      roundedUp(
        worst(most, (rule, model, bytes) => bytes + (model.maxTokens ?? rule.maxTokens)),
        -3,
      ),
    ),
  );
  const usd = (bytes: number) =>
    worst(bytes, (rule, { modelId, maxTokens = rule.maxTokens }, read) => {
      const price = priceOf(modelId);
      return (read * price.input + maxTokens * price.output) / 1e6;
    });
  const dearest = Math.max(
    ...rules.flatMap(({ primary, fallback }) =>
      [primary, fallback].map(({ modelId }) => priceOf(modelId).output),
    ),
  );
  const [short, long] = [underWay(budget.totalMs / 1_000), underWay(streaming.maxSeconds)];
  const [ofHistory, ofQuestion] = [MAX_ESCAPED_BODY, MAX_QUESTION_CHARACTERS].map((bytes) =>
    text(roundedUp(usd(bytes), 2)),
  );
  const spent = (tokensPerDay * dearest) / 1e6;
  const reach = Math.ceil(tokensPerDay / (MAX_ESCAPED_BODY / BYTES_PER_TOKEN));
  const until = Math.ceil(underWay(WRITE_WAIT_MS / 1_000));
  const largest = reach + until;
  const day = (requests: number) =>
    `2 × (${text(spent)} + ${largest} × ${ofHistory} + ${text(requests - largest)} × ${ofQuestion}) = ` +
    text(2 * (spent + largest * Number(ofHistory) + (requests - largest) * Number(ofQuestion)));

  it.each([
    `${text(short)} requests of ${budget.totalMs / 1_000} s can be under way`,
    `${reach} of the largest reach the limit by themselves, and ${until} more may come`,
    `2 × (${text(tokensPerDay)} + ${largest} × ${tokens} + ${short - largest} × ${fewer})`,
    `${day(short)} USD`,
    `${day(long)} USD`,
  ])('is so by the configuration and the prices that are shipped: %s', (said) => {
    expect(DOCUMENT).toContain(said);
  });
});
