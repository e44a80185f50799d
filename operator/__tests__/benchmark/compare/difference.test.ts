import { differenceOf, pairedDifference } from '../../../benchmark/compare/difference';

const estimate = (value: number, lower: number | null, upper: number | null) => ({
  value,
  interval: { lower, upper, method: 'bootstrap' as const },
});

describe('the difference of two figures', () => {
  it('reaches as far as both of their intervals together', () => {
    expect(differenceOf(estimate(10, 7, 14), estimate(20, 16, 23))).toEqual({
      ...{
        value: 10,
        lower: expect.closeTo(10 - Math.hypot(4, 4), 9) as number,
        upper: expect.closeTo(10 + Math.hypot(3, 3), 9) as number,
      },
    });
  });

  it.each([
    [estimate(1, 0, 2), estimate(1, 0, null), { lower: -Math.SQRT2, upper: null }],
    [estimate(1, 0, null), estimate(1, 0, 2), { lower: null, upper: Math.SQRT2 }],
    [estimate(1, null, null), estimate(1, 0, 2), { lower: null, upper: null }],
  ])('is unbounded where theirs are: %#', (one, other, ends) => {
    expect(differenceOf(one, other)).toEqual({ value: 0, ...ends });
  });

  const strata = (gain: number, questions: number) =>
    Array.from({ length: questions }, (_, question) => ({
      one: [question * 10],
      other: [question * 10 + gain + (question % 2 === 0 ? 0.1 : -0.1)],
    }));

  it('on the same questions leaves out what makes them unlike each other', () => {
    const { lower, upper } = pairedDifference(1, strata(1, 12), { of: 'amounts', seed: 1 });
    expect(lower).toBeGreaterThan(0.9);
    expect(upper).toBeLessThan(1.1);
  });

  it('of amounts on too few questions is unbounded, of shares wide', () => {
    const few = strata(1, 5).map(({ one }) => ({ one, other: one }));
    expect(pairedDifference(0, few, { of: 'amounts', seed: 1 })).toEqual({
      value: 0,
      lower: null,
      upper: null,
    });
    const { lower, upper } = pairedDifference(0, few, { of: 'shares', seed: 1 });
    expect([lower, upper]).toEqual([expect.closeTo(-0.522, 3), expect.closeTo(0.522, 3)]);
  });

  it('is unbounded without a question in common', () => {
    const apart = [{ one: [1], other: [] }];
    expect(pairedDifference(1, apart, { of: 'shares', seed: 1 })).toEqual({
      value: 1,
      lower: null,
      upper: null,
    });
  });
});
