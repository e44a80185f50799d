import fc from 'fast-check';
import {
  type Distribution,
  distributionSchema,
  normalProbability,
  normalQuantile,
  quantile,
} from '../../../services/bedrock-runtime/distribution';
import { uniforms } from '../../../services/bedrock-runtime/model-behaviours';

const DRAWS = 10_000;

/** Each with its expected value, in closed form. */
const MEANS: readonly (readonly [Distribution, number])[] = [
  [{ kind: 'fixed', value: 120 }, 120],
  [{ kind: 'uniform', min: 50, max: 250 }, (50 + 250) / 2],
  [{ kind: 'normal', mean: 300, sigma: 40 }, 300],
  // What the curve puts below zero is zero.
  [
    { kind: 'normal', mean: 10, sigma: 20 },
    10 * normalProbability(10 / 20) + (20 * Math.exp(-((10 / 20) ** 2) / 2)) / Math.sqrt(2 * Math.PI),
  ],
  [{ kind: 'lognormal', median: 400, sigma: 0.5 }, 400 * Math.exp(0.5 ** 2 / 2)],
];
const DISTRIBUTIONS = MEANS.map(([distribution]) => distribution);

describe('the standard normal distribution', () => {
  // Source: NIST/SEMATECH e-Handbook of Statistical Methods, table of the cumulative standard normal distribution.
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.95, 1.6448536269514722],
    [0.99, 2.3263478740408408],
    [0.001, -3.090232306167813],
  ])('has its quantile of %s at %s', (p, x) => {
    expect(normalQuantile(p)).toBeCloseTo(x, 10);
    expect(normalProbability(x)).toBeCloseTo(p, 12);
  });

  it('has quantiles that its probability takes back', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
        expect(normalProbability(normalQuantile(p))).toBeCloseTo(p, 12);
      }),
    );
  });
});

describe.each(MEANS)('%j', (distribution, mean) => {
  const draws = Array.from({ length: DRAWS }, (_, index) =>
    quantile(distribution, uniforms(7, 'model', index)[0]),
  ).sort((one, other) => one - other);

  it.each([0.05, 0.5, 0.95, 0.99])('draws its quantile of %s', (p) => {
    const below = (edge: number) => draws.filter((value) => value <= edge).length / DRAWS;
    // Four standard deviations of the share of draws that lie below a quantile.
    const tolerance = 4 * Math.sqrt((p * (1 - p)) / DRAWS);
    const edge = quantile(distribution, p);
    expect(below(edge)).toBeGreaterThanOrEqual(p - tolerance);
    expect(draws.filter((value) => value < edge).length / DRAWS).toBeLessThanOrEqual(p + tolerance);
  });

  it('draws its mean', () => {
    const average = draws.reduce((sum, value) => sum + value, 0) / DRAWS;
    const variance = draws.reduce((sum, value) => sum + (value - average) ** 2, 0) / DRAWS;
    expect(Math.abs(average - mean)).toBeLessThanOrEqual(4 * Math.sqrt(variance / DRAWS));
  });

  it('is never negative, and its quantiles never fall', () => {
    const values = [0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999].map((p) => quantile(distribution, p));
    expect(values).toEqual([...values].sort((one, other) => one - other));
    expect(values[0]).toBeGreaterThanOrEqual(0);
  });

  it.each([0, 1, -1, NaN])('has no quantile of %s', (p) => {
    expect(() => quantile(distribution, p)).toThrow(RangeError);
  });
});

it('is exactly its mean without a sigma', () => {
  expect(quantile({ kind: 'normal', mean: 5, sigma: 0 }, 0.9)).toBe(5);
});

describe('a distribution', () => {
  it.each(DISTRIBUTIONS)('can be %j', (distribution) => {
    expect(distributionSchema.parse(distribution)).toEqual(distribution);
  });

  it.each([
    { kind: 'poisson', mean: 3 },
    { kind: 'fixed' },
    { kind: 'fixed', value: -1 },
    { kind: 'fixed', value: 1, sigma: 2 },
    { kind: 'uniform', min: 2, max: 1 },
    { kind: 'normal', mean: 1, sigma: -1 },
    { kind: 'lognormal', median: 0, sigma: 1 },
    { kind: 'lognormal', median: 1, sigma: 3.1 },
    { kind: 'fixed', value: Infinity },
  ])('cannot be %j', (distribution) => {
    expect(distributionSchema.safeParse(distribution).success).toBe(false);
  });
});
