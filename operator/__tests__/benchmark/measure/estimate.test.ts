import fc from 'fast-check';
import {
  costOf,
  estimate,
  requireAffordable,
  inputTokenBound,
  worstCaseUsd,
} from '../../../benchmark/measure/spend/estimate';
import { PRICES, planOf, pricesOf, questions } from './fixture';

describe('the worst case of a call', () => {
  it('has a token for every byte of what is sent, and more', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (system, question) => {
        const bound = inputTokenBound({ system, question, maxTokens: 1 });
        expect(bound).toBeGreaterThan(Buffer.byteLength(system) + Buffer.byteLength(question));
      }),
    );
  });

  it('counts what a character becomes when a tokenizer normalizes it', () => {
    const ligature = '\uFDFA';
    const bound = (question: string) => inputTokenBound({ question, maxTokens: 1 });
    expect(bound(ligature) - bound('')).toBe(33);
  });

  it('has all tokens that the answer may have', () => {
    const price = { input: 0, output: 10 };
    expect(worstCaseUsd(price, { question: '', maxTokens: 2_000 })).toBeCloseTo(0.02);
  });
});

describe('the cost of a call', () => {
  const usage = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 1_000, cacheWriteTokens: 200 };
  const price = { input: 1, output: 10 };

  it.each([
    ['has its own price for what a cache holds', { cacheRead: 0.1, cacheWrite: 1.25 }, 100 + 100 + 100 + 250],
    ['is never too low where that is not known', {}, 100 + 100 + 1_000 + 400],
  ])('%s', (_, cache, micros) => {
    expect(costOf({ ...price, ...cache }, usage)).toBeCloseTo(micros / 1e6, 12);
  });

  it('is at most the worst case, where a model writes to its cache by itself', () => {
    const cached = { ...price, cacheRead: 0.1, cacheWrite: 2 };
    const request = { question: 'x'.repeat(1_000), maxTokens: 10 };
    const all = { inputTokens: 0, outputTokens: 10, cacheWriteTokens: inputTokenBound(request) };
    expect(costOf(cached, all)).toBeLessThanOrEqual(worstCaseUsd(cached, request));
  });

  it('is reserved by a model’s own tokens, in which it thinks', () => {
    const asked = questions(1, 100);
    const thinking = planOf({ models: ['fast'], inference: { fast: { maxTokens: 4_000 } } }, asked);
    const price = PRICES.entries.fast;
    const worst = asked[0] && price ? worstCaseUsd(price, { ...asked[0], maxTokens: 4_000 }) : NaN;
    expect(estimate(thinking, asked, PRICES)).toMatchObject({ worstUsd: worst, minimumUsd: worst });
  });
});

describe('an estimate', () => {
  const asked = questions(2, 1_000);
  const plan = (maxCostUsd: number | null) => planOf({ runs: 3, warmup: 1, maxCostUsd }, asked);

  it('is the sum of all worst cases, warm-up calls included', () => {
    const { calls, worstUsd, minimumUsd } = estimate(plan(null), asked, PRICES);
    const [fast, slow] = [PRICES.entries.fast, PRICES.entries.slow].map((price) =>
      asked[0] && price ? worstCaseUsd(price, asked[0]) : NaN,
    );
    expect(calls).toBe(2 * (1 + 2 * 3));
    expect(worstUsd).toBeCloseTo(7 * ((fast ?? NaN) + (slow ?? NaN)));
    expect(minimumUsd).toBeCloseTo((fast ?? NaN) + (slow ?? NaN));
  });

  it.each([
    { cap: 0.02, entries: PRICES.entries, refusal: /more than the cap of \$0.0200. Raise --max-cost/ },
    { cap: 0.03, entries: PRICES.entries, refusal: null },
    { cap: 100, entries: { ...PRICES.entries, slow: null }, refusal: /none for slow. .*--price MODEL=INPUT/ },
    { cap: null, entries: { ...PRICES.entries, slow: null }, refusal: null },
  ])('allows a cap of $cap: $refusal', ({ cap, entries, refusal }) => {
    const check = (): void => {
      requireAffordable(plan(cap), estimate(plan(cap), asked, { ...PRICES, entries }));
    };
    if (refusal) expect(check).toThrow(refusal);
    else expect(check).not.toThrow();
  });

  it('says which price is missing, in place of a sum', () => {
    const found = estimate(plan(null), asked, pricesOf({ fast: { input: 1, output: 5 }, slow: null }));
    expect(found).toMatchObject({ worstUsd: null, minimumUsd: null, unknownPrices: ['slow'] });
  });
});
