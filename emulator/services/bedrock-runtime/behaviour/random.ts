import { createHash } from 'node:crypto';

/** 48 bits: as many as Node reads from a buffer at once, and finer than any quantile measured. */
const BYTES = 6;

/**
 * Four independent random numbers, above 0 and below 1, for the `index`-th item of the sequence that `seed` and `key`
 * name. Each item stands for itself: what other sequences have drawn in between changes nothing.
 */
export function uniforms(seed: number, key: string, index: number): [number, number, number, number] {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, key, index]))
    .digest();
  const at = (place: number): number => (digest.readUIntBE(place * BYTES, BYTES) + 0.5) / 2 ** (8 * BYTES);
  return [at(0), at(1), at(2), at(3)];
}
