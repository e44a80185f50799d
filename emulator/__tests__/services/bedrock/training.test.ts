import fc from 'fast-check';
import { lossCurve } from '../../../services/bedrock/training';

it('losses fall from epoch to epoch, whatever the data', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 2, max: 5 }),
      fc.string({ unit: fc.constantFrom('0', '5', '9', 'a', 'f'), minLength: 64, maxLength: 64 }),
      (records, epochs, digest) => {
        const curve = lossCurve(records, epochs, digest);
        expect(curve.map(({ step }) => step)).toEqual(curve.map((_, index) => index));
        expect(curve.at(-1)?.epoch).toBe(epochs - 1);
        expect(curve.at(-1)?.loss).toBeLessThan((curve[0]?.loss ?? 0) + 0.01);
        expect(lossCurve(records, epochs, digest)).toEqual(curve);
      },
    ),
    { numRuns: 20 },
  );
});
