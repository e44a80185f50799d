/**
 * Adjusts p-values of tests that are read together (Holm, Scandinavian Journal of Statistics 6, 1979): if those at most
 * alpha are taken for differences, the probability that even one of them is none is at most alpha.
 * @returns in the order of the input
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues
    .map((_, index) => index)
    .sort((one, other) => (pValues[one] ?? 1) - (pValues[other] ?? 1));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let atLeast = 0;
  order.forEach((index, rank) => {
    atLeast = Math.max(atLeast, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 1)));
    adjusted[index] = atLeast;
  });
  return adjusted;
}
