import fc from 'fast-check';
import { percentile } from '../../../statistics/percentile';
import { randomFrom } from '../../../statistics/shuffle';
import {
  leastPValue,
  meanStatistic,
  percentileStatistic,
  permutationTest,
  type Stratum,
} from '../../../benchmark/compare/permutation-test';

const samples = (random: () => number, count: number, shift = 0): readonly number[] =>
  Array.from({ length: count }, () => random() + shift);

describe('permutation test', () => {
  it('finds what is no difference different about as often as it says', () => {
    const random = randomFrom(4);
    const found = Array.from({ length: 300 }, (_, seed) => {
      const strata: readonly Stratum[] = [1, 2, 3, 4].map((question) => ({
        one: samples(random, 3, question * 10),
        other: samples(random, 3, question * 10),
      }));
      return permutationTest(strata, meanStatistic, { seed });
    }).filter((p) => p <= 0.1);
    // 30 are expected of 300 tests at 0.1, with a standard deviation of 5.
    expect(found.length).toBeGreaterThan(12);
    expect(found.length).toBeLessThan(48);
  });

  it('finds a difference within questions that questions unlike each other would hide', () => {
    const random = randomFrom(5);
    const strata = Array.from({ length: 12 }, (_, question) => ({
      one: samples(random, 5, question * 100),
      other: samples(random, 5, question * 100 + 0.6),
    }));
    expect(permutationTest(strata, meanStatistic, { seed: 1 })).toBeLessThan(0.001);
  });

  it('never says 0, and 1 where there is nothing to compare', () => {
    const apart = [{ one: samples(randomFrom(1), 30), other: samples(randomFrom(2), 30, 9) }];
    expect(permutationTest(apart, percentileStatistic(50), { seed: 1 })).toBe(1 / 10_001);
    expect(permutationTest([{ one: [1, 2], other: [] }], meanStatistic, { seed: 1 })).toBe(1);
    expect(permutationTest([], meanStatistic, { seed: 1 })).toBe(1);
  });

  const asked = (questions: number, runs: number, gain: number): readonly Stratum[] =>
    Array.from({ length: questions }, (_, question) => ({
      one: samples(randomFrom(question), runs),
      other: samples(randomFrom(question + 100), runs, gain),
    }));

  it.each([
    ['5 questions, asked once', asked(5, 1, 9), 2 / 32],
    ['6 questions, asked once', asked(6, 1, 9), 2 / 64],
    ['all of 5 values', asked(1, 5, 9), 2 / 252],
    ['one of three', [{ one: [9], other: [1, 2] }], 1 / 3],
  ])('of %s is exact, and says before what it can reach', (_, strata, least) => {
    expect(permutationTest(strata, meanStatistic, { seed: 1 })).toBeCloseTo(least, 12);
    expect(leastPValue(strata, 0.05)).toBeCloseTo(least, 12);
  });

  it('can reach whatever level it is held against, however many tests share it', () => {
    for (const tests of [1, 20, 500, 1_152]) {
      const level = 0.05 / tests;
      const p = permutationTest(asked(8, 10, 9), percentileStatistic(50), { seed: 1, level });
      expect(p).toBeLessThanOrEqual(level);
      expect(p).toBeCloseTo(leastPValue(asked(8, 10, 9), level), 12);
    }
  });

  it('says the same for the same seed, and 1 for the same values', () => {
    const strata = [{ one: samples(randomFrom(1), 9), other: samples(randomFrom(2), 9) }];
    expect(permutationTest(strata, meanStatistic, { seed: 3 })).toBe(
      permutationTest(strata, meanStatistic, { seed: 3 }),
    );
    expect(permutationTest([{ one: [5, 5], other: [5, 5] }], meanStatistic, { seed: 1 })).toBe(1);
  });
});

it('percentiles are those of the rest of the benchmark', () => {
  const values = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.constantFrom(50, 95, 99), (list, percent) => {
      const sorted = Float64Array.from(list).sort();
      const flags = new Uint8Array(list.length);
      expect(percentileStatistic(percent)(sorted, flags, 0, list.length)).toBe(percentile(sorted, percent));
    }),
  );
});
