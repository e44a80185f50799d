import {
  chargedText,
  interval,
  isJudgePriced,
  isPriced,
  plain,
  tally,
  usd,
  value,
} from '../../../benchmark/figures/format';
import type { Judgement } from '../../../benchmark/quality/quality';

it.each([
  [0, '$0'],
  [-1e-17, '$0'],
  [1234.567, '$1234.57'],
  [0.12345, '$0.1235'],
  [-0.5, '-$0.5000'],
  [0.000012345, '$0.000012'],
])('%s USD are said as %s', (amount, text) => {
  expect(usd(amount)).toBe(text);
});

it.each([
  [0, true, '$0'],
  [0.5, true, '$0.5000'],
  [0, false, 'not known'],
  [0.5, false, '$0.5000, and what has no price'],
])('charges of %d USD, all priced: %s, are "%s"', (amount, priced, text) => {
  expect(chargedText(amount, priced)).toBe(text);
});

it('knows whether all that was asked has a price, also the judge, who names none', () => {
  const file = { input: 1, output: 1, from: 'file' } as const;
  const prices = { date: '2026-11-25', source: 'a list', entries: { a: file } };
  const judge = (spentUsd: number, skipped: number) =>
    ({ spentUsd, agreement: { pairs: 3, skipped } }) as Judgement;
  expect([isPriced(prices), isPriced({ ...prices, entries: { a: file, b: null } })]).toEqual([true, false]);
  expect([isPriced(prices, judge(1, 0)), isPriced(prices, judge(0, 0))]).toEqual([true, false]);
  // Who was asked nothing has cost nothing.
  expect(isJudgePriced(judge(0, 6))).toBe(true);
});

it('an interval says where it is not bounded, and nothing where there is none', () => {
  const ends = { lower: 1.25, upper: null, method: 'order-statistics' } as const;
  expect(interval({ value: 2, interval: ends }, plain)).toBe('[1.3, ?]');
  expect([value(null, plain), interval(null, plain)]).toEqual(['–', '']);
});

it('a tally names the most frequent first', () => {
  expect(tally({ max_tokens: 2, end_turn: 22 })).toBe('end_turn 22, max_tokens 2');
});
