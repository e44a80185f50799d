import fc from 'fast-check';
import { DigestSet, digestOf } from '../../../finetune/dataset/digest-set';

describe('a set of digests', () => {
  it('tells new from old as a Set does', () => {
    const digests = fc.array(
      fc.oneof(fc.bigInt({ min: 2n, max: 20n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    );
    fc.assert(
      fc.property(digests, (values) => {
        const known = new Set<bigint>();
        const set = new DigestSet(1_000);
        for (const value of values.map((each) => (each === 0n ? 1n : each))) {
          expect(set.add(value)).toBe(!known.has(value));
          known.add(value);
        }
        expect(set.size).toBe(known.size);
      }),
    );
  });

  it('keeps what it has when it grows', () => {
    const set = new DigestSet(1_000_000);
    const values = Array.from({ length: 100_000 }, (_, index) => digestOf(String(index)));
    expect(values.every((value) => set.add(value))).toBe(true);
    expect(values.some((value) => set.add(value))).toBe(false);
  });

  it('stops growing at its bound, and still knows the first ones', () => {
    const set = new DigestSet(2);
    expect([set.add(7n), set.add(8n), set.full]).toEqual([true, true, true]);
    expect([set.add(9n), set.add(9n), set.add(7n), set.size]).toEqual([true, true, false, 2]);
  });
});
