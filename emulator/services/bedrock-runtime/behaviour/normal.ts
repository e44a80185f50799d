const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / ROOT_TWO_PI;

/**
 * Probability that a standard normal variable is at most `x`: the power series of G. Marsaglia, "Evaluating the Normal
 * Distribution", Journal of Statistical Software 11(4), 2004. Exact to about 1e-15 between -7 and 7.
 */
export function normalProbability(x: number): number {
  let sum = x;
  let term = x;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * Number.EPSILON; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/**
 * The value that a standard normal variable stays below with probability `p`, 0 < p < 1. Newton's method from the
 * median outwards: the curve is concave there, so that every step falls short of the root and none overshoots it.
 */
export function normalQuantile(p: number): number {
  if (p < 0.5) return -normalQuantile(1 - p);
  let x = 0;
  for (;;) {
    const step = (p - normalProbability(x)) / normalDensity(x);
    if (!(step > 1e-12)) return x;
    x += step;
  }
}
