import fc from 'fast-check';
import { latenciesOf, percentile, spreadOf, spreadOver } from '../statistics/percentile';
import { randomFrom, shuffled } from '../statistics/shuffle';

const milliseconds = fc.double({ min: 0, max: 1e6, noNaN: true });
const samples = fc.array(milliseconds, { minLength: 1, maxLength: 300 });
const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

describe('a percentile', () => {
  it.each([
    { sorted: [7], percent: 50, expected: 7 },
    { sorted: [7], percent: 0.1, expected: 7 },
    { sorted: [1, 2], percent: 50, expected: 1 },
    { sorted: [1, 2], percent: 51, expected: 2 },
    { sorted: [1, 2, 3, 4], percent: 75, expected: 3 },
    { sorted: hundred, percent: 7, expected: 7 },
    { sorted: hundred, percent: 99, expected: 99 },
    { sorted: hundred, percent: 99.1, expected: 100 },
    { sorted: hundred, percent: 100, expected: 100 },
  ])('$percent of $sorted.length samples is $expected', ({ sorted, percent, expected }) => {
    expect(percentile(sorted, percent)).toBe(expected);
  });

  it.each([0, -1, 100.1, NaN])('%p is none', (percent) => {
    expect(() => percentile([1], percent)).toThrow(RangeError);
  });

  it('needs samples', () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
  });

  it('has at least its share of the samples at or below it, and less than that strictly below', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const sorted = Float64Array.from(values).sort();
        const found = percentile(sorted, percent);
        const share = (percent * sorted.length) / 100;
        expect(sorted.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share);
        expect(sorted.filter((value) => value < found).length).toBeLessThan(share);
      }),
    );
  });

  it('does not ask in which order the samples came, and leaves them alone', () => {
    fc.assert(
      fc.property(samples, fc.nat(), (values, seed) => {
        const other = shuffled(values, randomFrom(seed));
        const before = [...other];
        expect(latenciesOf(other)).toEqual(latenciesOf(values));
        expect(other).toEqual(before);
      }),
    );
  });
});

describe('a spread', () => {
  it.each([
    { values: [2], expected: { median: 2, min: 2, max: 2 } },
    { values: [3, 1], expected: { median: 2, min: 1, max: 3 } },
    { values: [10, 9, 1], expected: { median: 9, min: 1, max: 10 } },
    { values: [4, 1, 3, 2], expected: { median: 2.5, min: 1, max: 4 } },
  ])('of $values', ({ values, expected }) => {
    expect(spreadOf(values)).toEqual(expected);
  });

  it('needs values', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });

  it('has its median between least and most', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const { median, min, max } = spreadOf(values);
        expect(min).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(max);
      }),
    );
  });

  it('of ratios does not change when the machine slows down for both sides of a round', () => {
    const pair = fc.tuple(fc.integer({ min: 1, max: 1e4 }), fc.integer({ min: 1, max: 1e4 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(pair, fc.constantFrom(1, 2, 8)), { minLength: 1 }), (rounds) => {
        const ratio = ([one, other]: readonly [number, number]) => one / other;
        const slowed = rounds.map(([[one, other], factor]) => [one * factor, other * factor] as const);
        const spread = spreadOver(
          rounds.map(([round]) => round),
          ratio,
        );
        expect(spreadOver(slowed, ratio)).toEqual(spread);
      }),
    );
  });
});

describe('a shuffle', () => {
  it('keeps the items, and a seed repeats it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        const order = shuffled(items, randomFrom(seed));
        expect([...order].sort()).toEqual([...items].sort());
        expect(shuffled(items, randomFrom(seed))).toEqual(order);
      }),
    );
  });

  it('brings each item into each place about equally often', () => {
    const random = randomFrom(1);
    const orders = Array.from({ length: 6_000 }, () => shuffled(['a', 'b', 'c'], random).join(''));
    const counts = new Map<string, number>();
    for (const order of orders) counts.set(order, (counts.get(order) ?? 0) + 1);
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
