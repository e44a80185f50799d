/** Coefficients of Lanczos's approximation of the gamma function, g = 7, n = 9: relative error below 1e-14. */
const LANCZOS_CONSTANT = 0.99999999999980993;
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** @param x above 0 */
function logGamma(x: number): number {
  const sum = LANCZOS.reduce(
    (total, coefficient, index) => total + coefficient / (x + index),
    LANCZOS_CONSTANT,
  );
  const base = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

const PRECISION = 1e-14;
const MAX_TERMS = 10_000;
/** In place of a zero, which the recurrence cannot divide by. */
const TINY = 1e-300;

const awayFromZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** Continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method. */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < MAX_TERMS; m += 1) {
    let change = 1;
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const coefficient of [even, odd]) {
      d = 1 / awayFromZero(1 + coefficient * d);
      c = awayFromZero(1 + coefficient / c);
      change = c * d;
      result *= change;
    }
    if (Math.abs(change - 1) < PRECISION) return result;
  }
  throw new RangeError(`The incomplete beta function of ${a} and ${b} did not converge at ${x}.`);
}

/**
 * The regularized incomplete beta function, which is the distribution function of Beta(a, b).
 * @param x in [0, 1]
 * @param a above 0
 * @param b above 0
 */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on this side of the mean only.
  if (x < (a + 1) / (a + b + 2)) return (factor * continuedFraction(x, a, b)) / a;
  return 1 - (factor * continuedFraction(1 - x, b, a)) / b;
}
