import { counted } from '../../command/words';

it.each([
  [0, '0 calls'],
  [1, '1 call'],
  [2, '2 calls'],
  [12_000, '12,000 calls'],
])('%d of a thing are said as "%s"', (count, text) => {
  expect(counted(count, 'call')).toBe(text);
});

it('says what has another plural by that', () => {
  expect([1, 2].map((count) => counted(count, 'call was', 'calls were'))).toEqual([
    '1 call was',
    '2 calls were',
  ]);
});
