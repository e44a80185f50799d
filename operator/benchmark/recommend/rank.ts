import { permutationTest, meanStatistic } from '../compare/permutation-test';
import type { ModelFigures } from './model-figures';

/** Where quality differs less likely than this by chance, the better model is the better one. */
const ALPHA = 0.05;

/** A model with its place among others. */
export interface Ranked {
  readonly figures: ModelFigures;
  /** Why it stands where it stands. */
  readonly reason: string;
}

/**
 * The best model first: of all whose answers are beyond doubt worse than no other model's, question by question or by
 * the judge, the cheapest comes first, and of equally cheap ones the fastest at p95. The rest follows in the same way.
 * @param seed of the permutations
 */
export function rank(candidates: readonly ModelFigures[], seed: number): readonly Ranked[] {
  const ranked: Ranked[] = [];
  let left = candidates;
  for (;;) {
    const [best] = left.toSorted((one, other) => qualityOf(other) - qualityOf(one));
    if (best === undefined) return ranked;
    const undominated = left.filter((candidate) => !left.some((other) => isWorse(candidate, other, seed)));
    // A judge may prefer in a circle, which decides nothing.
    const equals = undominated.length > 0 ? undominated : left;
    const chosen = equals.reduce((one, other) => (isCheaper(other, one) ? other : one));
    ranked.push({
      figures: chosen,
      reason: reasonFor(chosen, best, { equals: equals.length, left: left.length }),
    });
    left = left.filter((candidate) => candidate !== chosen);
  }
}

const qualityOf = ({ quality }: ModelFigures): number => quality?.value ?? -1;

/** By the scores of the questions that both have answered, or by a judge's verdicts on both. */
function isWorse(candidate: ModelFigures, other: ModelFigures, seed: number): boolean {
  const duel = candidate.duels.get(other.model);
  if (duel !== undefined && (duel.rate.interval.upper ?? 1) < 0.5) return true;
  if (qualityOf(candidate) >= qualityOf(other)) return false;
  if (candidate.quality === null) return true;
  const strata = [...candidate.scores].flatMap(([question, score]) => {
    const others = other.scores.get(question);
    return others === undefined ? [] : [{ one: [score], other: [others] }];
  });
  return permutationTest(strata, meanStatistic, seed) <= ALPHA;
}

function isCheaper(one: ModelFigures, other: ModelFigures): boolean {
  const [cost, otherCost] = [one, other].map(({ costPer1k }) => costPer1k?.value ?? Infinity);
  if (cost !== otherCost) return (cost ?? Infinity) < (otherCost ?? Infinity);
  return (one.p95Ms?.value ?? Infinity) < (other.p95Ms?.value ?? Infinity);
}

function reasonFor(
  chosen: ModelFigures,
  best: ModelFigures,
  { equals, left }: { readonly equals: number; readonly left: number },
): string {
  if (left === 1) return 'no other that fulfils the constraints is left';
  if (equals === 1)
    return chosen === best && chosen.quality !== null
      ? `the best quality of ${left}`
      : 'preferred by the judge';
  const how = chosen.costPer1k === null ? 'the fastest at p95' : 'the cheapest';
  if (chosen.quality === null) return `${how} of ${equals}, whose quality is not known`;
  return chosen === best
    ? `the best quality of ${left}, and ${how} of the ${equals} that cannot be told apart by it`
    : `its quality cannot be told from that of ${best.model}, and it is ${how} of ${equals} such models`;
}
