import { interval, plain, tally, usd, value } from '../../../benchmark/figures/format';

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

it('an interval says where it is not bounded, and nothing where there is none', () => {
  const ends = { lower: 1.25, upper: null, method: 'order-statistics' } as const;
  expect(interval({ value: 2, interval: ends }, plain)).toBe('[1.3, ?]');
  expect([value(null, plain), interval(null, plain)]).toEqual(['–', '']);
});

it('a tally names the most frequent first', () => {
  expect(tally({ max_tokens: 2, end_turn: 22 })).toBe('end_turn 22, max_tokens 2');
});
