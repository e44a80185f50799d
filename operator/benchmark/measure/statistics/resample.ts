import { randomFrom } from '../../../statistics/shuffle';

/**
 * Draws with replacement, by Marsaglia's xorshift32 (Xorshift RNGs, 2003): nearly all the time of an interval is
 * spent here, and its period of 4 billion draws is far more than an interval takes.
 * @returns a function that draws an index below `n`
 */
export function resampler(seed: number, n: number): () => number {
  // Seeds next to each other would begin with draws next to each other; and 0 would stay 0.
  let state = (randomFrom(seed)() * 0xffffffff) | 1;
  const scale = n / 2 ** 32;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) * scale) | 0;
  };
}
