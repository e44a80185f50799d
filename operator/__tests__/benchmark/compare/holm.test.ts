import fc from 'fast-check';
import { holm } from '../../../benchmark/compare/difference';

const pValue = fc.double({ min: 0, max: 1, noNaN: true });

describe('Holm’s adjustment', () => {
  it.each([
    [[0.01], [0.01]],
    [
      [0.01, 0.04, 0.03, 0.005],
      [0.03, 0.06, 0.06, 0.02],
    ],
    [
      [0.9, 0.6],
      [1, 1],
    ],
  ])('of %j', (pValues, adjusted) => {
    holm(pValues).forEach((value, index) => {
      expect(value).toBeCloseTo(adjusted[index] ?? NaN, 12);
    });
  });

  it('keeps the order, makes no p-value smaller, and is at most as strict as Bonferroni’s', () => {
    fc.assert(
      fc.property(fc.array(pValue, { maxLength: 20 }), (pValues) => {
        const adjusted = holm(pValues);
        pValues.forEach((p, index) => {
          const own = adjusted[index] ?? NaN;
          expect(own).toBeGreaterThanOrEqual(p);
          expect(own).toBeLessThanOrEqual(Math.min(1, p * pValues.length));
          expect(adjusted.every((other, at) => (pValues[at] ?? 0) < p || other >= own)).toBe(true);
        });
      }),
    );
  });
});
