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
 * The best model first: of all whose quality cannot be told from the best one's, question by question and by the
 * judge, if there is one, the cheapest comes first, and of equally cheap ones the fastest at p95. The rest follows in the same way.
 * @param seed of the permutations
 */
export function rank(candidates: readonly ModelFigures[], seed: number): readonly Ranked[] {
  const ranked: Ranked[] = [];
  let left = candidates;
  for (;;) {
    const [best] = left.toSorted((one, other) => qualityOf(other) - qualityOf(one));
    if (best === undefined) return ranked;
    const equals = left.filter((candidate) => candidate === best || !isWorse(candidate, best, seed));
    const chosen = equals.reduce((one, other) => (isCheaper(other, one) ? other : one));
    ranked.push({ figures: chosen, reason: reasonFor(chosen, best, equals.length) });
    left = left.filter((candidate) => candidate !== chosen);
  }
}

const qualityOf = ({ quality }: ModelFigures): number => quality?.value ?? -1;

/** By the scores of the questions that both have answered, or by a judge's verdicts on both. */
function isWorse(candidate: ModelFigures, best: ModelFigures, seed: number): boolean {
  const duel = candidate.duels.get(best.model);
  if (duel !== undefined && (duel.rate.interval.upper ?? 1) < 0.5) return true;
  if (candidate.quality === null || best.quality === null) return candidate.quality !== best.quality;
  const strata = [...candidate.scores].flatMap(([question, score]) => {
    const other = best.scores.get(question);
    return other === undefined ? [] : [{ one: [score], other: [other] }];
  });
  return (
    candidate.quality.value < best.quality.value && permutationTest(strata, meanStatistic, seed) <= ALPHA
  );
}

function isCheaper(one: ModelFigures, other: ModelFigures): boolean {
  const [cost, otherCost] = [one, other].map(({ costPer1k }) => costPer1k?.value ?? Infinity);
  if (cost !== otherCost) return (cost ?? Infinity) < (otherCost ?? Infinity);
  return (one.p95Ms?.value ?? Infinity) < (other.p95Ms?.value ?? Infinity);
}

function reasonFor(chosen: ModelFigures, best: ModelFigures, equals: number): string {
  if (equals === 1) {
    return chosen.quality === null ? 'the only one left' : 'no other that is left is as good';
  }
  const others = equals - 1;
  const among = others === 1 ? 'one other' : `${others} others`;
  const how = chosen.costPer1k === null ? 'the fastest at p95' : 'the cheapest';
  if (chosen.quality === null) return `${how} of ${equals}, whose quality is not known`;
  return chosen === best
    ? `the best quality, and ${how} of what cannot be told from it (${among})`
    : `its quality cannot be told from that of ${best.model}, and it is ${how} of ${equals} such models`;
}
