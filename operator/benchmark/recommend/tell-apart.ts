import { holm } from '../compare/difference';
import {
  leastPValue,
  meanStatistic,
  permutationTest,
  questionStrata,
  type Pair,
} from '../compare/permutation-test';
import type { ModelFigures } from './model-figures';

/**
 * Probability at most, for a request type, of taking even one model for worse than another one whose answers are as
 * good. All pairs of models are held against it together (Holm).
 */
export const ALPHA = 0.05;

export type IsWorse = (candidate: ModelFigures, other: ModelFigures) => boolean;

/**
 * Which models' answers are shown to be worse than others': by the share of expectations that they met, or by the
 * judge, if the difference is beyond what questions like these differ by. The sample is the questions, however often
 * each was asked: ten answers to a question say more of that question, and not of the next one.
 * @param seed of the permutations
 */
export function shownWorse(models: readonly ModelFigures[], seed: number): IsWorse {
  const pairs = models.flatMap((one, index) => models.slice(index + 1).map((other) => ({ one, other })));
  const samples = pairs.flatMap(({ one, other }) => [
    { one, other, pairs: pairedScores(one, other) },
    { one, other, pairs: pairedPoints(one, other) },
  ]);
  const tests = samples.filter((sample) => sample.pairs.length > 0);
  const level = ALPHA / tests.length;
  const adjusted = holm(
    tests.map((test) => permutationTest(questionStrata(test.pairs, level), meanStatistic, { seed, level })),
  );
  const shown = tests.filter((_, index) => (adjusted[index] ?? 1) <= ALPHA);
  return (candidate, other) =>
    shown.some((test) => {
      const gain = gainOf(test.pairs);
      return gain > 0
        ? test.one === candidate && test.other === other
        : test.one === other && test.other === candidate;
    });
}

const pairedScores = (one: ModelFigures, other: ModelFigures): readonly Pair[] =>
  [...one.scores].flatMap(([question, score]) => {
    const others = other.scores.get(question);
    return others === undefined ? [] : [[score, others] as const];
  });

const pairedPoints = (one: ModelFigures, other: ModelFigures): readonly Pair[] =>
  [...(one.duels.get(other.model)?.values() ?? [])].map((points) => [points, 1 - points] as const);

const gainOf = (pairs: readonly Pair[]): number => pairs.reduce((sum, [one, other]) => sum + other - one, 0);

/** Standard errors that a difference has to be from 0 to be found by 4 of 5 tests at 5 %: 1.96 + 0.84. */
const FOUND = 2.8;

/**
 * About how many questions would tell two models apart, if the others turn out as these did.
 * @returns null where these questions do not differ at all
 */
export function questionsToTell(one: ModelFigures, other: ModelFigures, models: number): number | null {
  const scored = pairedScores(one, other);
  const pairs = gainOf(scored) === 0 ? pairedPoints(one, other) : scored;
  const level = ALPHA / ((models * (models - 1)) / 2);
  const mean = gainOf(pairs) / pairs.length;
  if (!(Math.abs(mean) > 0)) return null;
  const squares = pairs.reduce((sum, [first, second]) => sum + (second - first - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, pairs.length - 1));
  return Math.max(leastQuestions(level), pairs.length + 1, Math.ceil(((FOUND * deviation) / mean) ** 2));
}

/** With fewer questions no answers could tell anything. */
function leastQuestions(level: number): number {
  let count = 1;
  while (leastPValue(questionStrata(new Array<Pair>(count).fill([0, 1]), level), level) > level) count += 1;
  return count;
}
