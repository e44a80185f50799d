import fc from 'fast-check';
import { randomFrom } from '../../../statistics/shuffle';
import { binomialCdf, isAboveRate, isBelowRate, rate } from '../../../benchmark/measure/statistics/rate';
import { mean } from '../../../benchmark/measure/statistics/mean';
import {
  bootstrapRanks,
  coverageOf,
  orderStatisticsRanks,
  quantile,
} from '../../../benchmark/measure/statistics/quantile';

const upTo = (count: number) => Float64Array.from({ length: count }, (_, index) => index + 1);

/** By adding up Pascal's triangle. */
function exactCdf(count: number, trials: number, p: number): number {
  let [term, sum] = [(1 - p) ** trials, 0];
  for (let k = 0; k <= count; k += 1) {
    sum += term;
    term *= ((trials - k) / (k + 1)) * (p / (1 - p));
  }
  return sum;
}

describe('the binomial distribution', () => {
  it('is the sum of its terms', () => {
    const cases = fc.record({
      trials: fc.integer({ min: 1, max: 200 }),
      share: fc.double({ min: 0, max: 0.999, noNaN: true }),
      p: fc.double({ min: 0.001, max: 0.95, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ trials, share, p }) => {
        const count = Math.floor(share * trials);
        expect(binomialCdf(count, trials, p)).toBeCloseTo(exactCdf(count, trials, p), 9);
      }),
    );
  });

  it.each([
    [-1, 5, 0.5, 0],
    [5, 5, 0.5, 1],
    [0, 5, 0, 1],
    [4, 5, 1, 0],
  ])('of at most %d of %d at %d is %d', (count, trials, p, expected) => {
    expect(binomialCdf(count, trials, p)).toBe(expected);
  });
});

describe('a rate', () => {
  // Published values of the Clopper-Pearson interval.
  it.each([
    { events: 0, trials: 10, lower: 0, upper: 0.3085 },
    { events: 1, trials: 10, lower: 0.0025, upper: 0.445 },
    { events: 5, trials: 10, lower: 0.1871, upper: 0.8129 },
    { events: 10, trials: 10, lower: 0.6915, upper: 1 },
    { events: 10, trials: 100, lower: 0.049, upper: 0.1762 },
  ])('of $events in $trials is in $lower to $upper', ({ events, trials, lower, upper }) => {
    const { value, interval } = rate(events, trials);
    expect(value).toBe(events / trials);
    expect(interval.lower).toBeCloseTo(lower, 4);
    expect(interval.upper).toBeCloseTo(upper, 4);
  });

  it('has those shares below it, and above it, of which it is said without its ends', () => {
    for (const events of [0, 1, 4.5, 19, 20]) {
      const { lower, upper } = rate(events, 20).interval;
      for (let share = 0.005; share < 1; share += 0.01) {
        expect([share, isBelowRate(share, events, 20)]).toEqual([share, share < (lower ?? 0)]);
        expect([share, isAboveRate(share, events, 20)]).toEqual([share, share >= (upper ?? 1)]);
      }
    }
  });

  it('needs trials', () => {
    expect(() => rate(0, 0)).toThrow(RangeError);
  });
});

describe('a quantile’s interval', () => {
  it.each([
    { n: 5, percent: 50, lower: null, upper: null, method: 'order-statistics' },
    { n: 6, percent: 50, lower: 1, upper: 6, method: 'order-statistics' },
    { n: 100, percent: 50, lower: 40, upper: 60, method: 'bootstrap' },
    { n: 72, percent: 95, lower: 64, upper: 72, method: 'order-statistics' },
    { n: 367, percent: 99, lower: 359, upper: null, method: 'order-statistics' },
    { n: 368, percent: 99, lower: 360, upper: 368, method: 'order-statistics' },
    { n: 10_000, percent: 99, lower: 9_879, upper: 9_918, method: 'bootstrap' },
  ])('of $n samples at $percent % is from $lower to $upper', ({ n, percent, ...interval }) => {
    expect(quantile(upTo(n), percent).interval).toEqual(interval);
  });

  it('covers at least 95 % by order statistics, and has no shorter one on either side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.constantFrom(5, 50, 95, 99), (n, percent) => {
        const { lower, upper } = orderStatisticsRanks(n, percent);
        expect(coverageOf({ lower, upper }, n, percent)).toBeGreaterThanOrEqual(0.95 - 1e-9);
        if (lower < n) expect(binomialCdf(lower, n, percent / 100)).toBeGreaterThan(0.025);
        if (upper > 1) expect(1 - binomialCdf(upper - 2, n, percent / 100)).toBeGreaterThan(0.025);
      }),
    );
  });

  it('by bootstrap is what resampling gives', () => {
    const [n, percent, resamples] = [100, 90, 4_000];
    const random = randomFrom(1);
    const found = Array.from({ length: resamples }, () => {
      const drawn = Float64Array.from({ length: n }, () => 1 + Math.floor(random() * n)).sort();
      return drawn[89] ?? NaN;
    }).sort((one, other) => one - other);
    const { lower, upper } = bootstrapRanks(n, percent);
    expect(Math.abs((found[0.025 * resamples] ?? NaN) - lower)).toBeLessThanOrEqual(1);
    expect(Math.abs((found[0.975 * resamples] ?? NaN) - upper)).toBeLessThanOrEqual(1);
  });
});

describe('a mean’s interval', () => {
  it.each([
    [6, 3],
    [10, 0.1],
  ])('is a point where all of %d samples are %d, also where their sum is rounded', (count, sample) => {
    const { value, interval } = mean(new Float64Array(count).fill(sample), { seed: 1 });
    expect(value).toBeCloseTo(sample, 12);
    expect(interval).toMatchObject({ lower: value, upper: value });
  });

  it('is unbounded with fewer than 6 samples', () => {
    expect(mean([1, 2, 3, 4, 5], { seed: 1 }).interval).toMatchObject({ lower: null, upper: null });
  });

  it('is repeated by its seed, in whatever order the samples came, and scales with them', () => {
    const samples = [4, 8, 15, 16, 23, 42, 108];
    const { interval } = mean(samples, { seed: 4 });
    expect(mean(samples.toReversed(), { seed: 4 }).interval).toEqual(interval);
    const tenfold = mean(
      samples.map((sample) => 10 * sample),
      { seed: 4 },
    ).interval;
    expect(tenfold.lower).toBeCloseTo(10 * (interval.lower ?? NaN));
    expect(tenfold.upper).toBeCloseTo(10 * (interval.upper ?? NaN));
  });

  it('is unbounded where most samples are equal, however their sums are rounded', () => {
    const samples = Array.from({ length: 24 }, (_, index) => (index < 2 ? 0.0036 : 0.0035));
    expect(mean(samples, { seed: 1 }).interval.upper).toBeNull();
  });

  it('holds the mean, leans to the side of the tail, and is never below 0', () => {
    const { value, interval } = mean([1, 1, 2, 2, 3, 3, 4, 200], { seed: 1 });
    const [lower, upper] = [interval.lower ?? NaN, interval.upper ?? NaN];
    expect(lower).toBeGreaterThanOrEqual(0);
    expect(upper - value).toBeGreaterThan(value - lower);
  });

  it('needs samples', () => {
    expect(() => mean([], { seed: 1 })).toThrow(RangeError);
  });
});
