import { excludes0, holm, pairedDifference } from '../compare/difference';
import { meanStatistic, permutationTest, questionStrata, type Pair } from '../compare/permutation-test';
import type { ModelFigures } from './model-figures';

/**
 * Probability at most, for a request type, of taking even one model for worse than another one whose answers are as
 * good. All pairs of models are held against it together (Holm).
 */
const ALPHA = 0.05;

/** What the answers to a request type's questions show of who answers better. */
export interface Telling {
  /**
   * Whether a model's answers are shown to be worse: by the share of expectations that they met, or by the judge, if
   * the difference is beyond what questions like these differ by.
   */
  readonly isWorse: (candidate: ModelFigures, other: ModelFigures) => boolean;
  /** By expectations, or where they say nothing by the judge; what is seen need not be shown. */
  readonly seenBetter: (one: ModelFigures, other: ModelFigures) => boolean;
  /** Whether there are as many questions as a difference takes, however large it is. */
  readonly canTell: (one: ModelFigures, other: ModelFigures) => boolean;
  /** About how many would do, if the others turn out as these did; null where these do not differ at all. */
  readonly questionsToTell: (one: ModelFigures, other: ModelFigures) => number | null;
}

/**
 * The sample is the questions, however often each was asked: ten answers to a question say more of that question, and
 * not of the next one. Changing places question by question would take a model that often loses a little for worse than
 * one that rarely loses all, though their means are the same: so the interval of their difference has to say so, too.
 * @param seed of the permutations
 */
export function tellApart(models: readonly ModelFigures[], seed: number): Telling {
  const tests = models
    .flatMap((one, index) => models.slice(index + 1).map((other) => ({ one, other })))
    .flatMap(({ one, other }) => [
      { one, other, pairs: pairedScores(one, other) },
      { one, other, pairs: pairedPoints(one, other) },
    ])
    .filter(({ pairs }) => pairs.length > 0)
    .map((test) => ({ ...test, questions: questionStrata(test.pairs) }));
  const level = ALPHA / Math.max(1, tests.length);
  const adjusted = holm(
    tests.map(({ questions }) => permutationTest(questions, meanStatistic, { seed, level })),
  );
  const shown = tests.filter(
    ({ questions, pairs }, index) =>
      (adjusted[index] ?? 1) <= ALPHA &&
      excludes0(
        pairedDifference(gainOf(pairs) / pairs.length, questions, { of: 'shares', seed, tail: level / 2 }),
      ),
  );
  // Of 2^n ways to change places with n questions, 2 are as extreme as the most extreme.
  const least = Math.ceil(1 - Math.log2(level));
  return {
    isWorse: (candidate, other) =>
      shown.some(({ one, other: two, pairs }) =>
        gainOf(pairs) > 0 ? one === candidate && two === other : one === other && two === candidate,
      ),
    seenBetter: (one, other) => gainOf(decisive(other, one)) > 0,
    canTell: (one, other) =>
      [pairedScores(one, other), pairedPoints(one, other)].some(({ length }) => length >= least),
    questionsToTell: (one, other) => {
      const pairs = decisive(one, other);
      const mean = gainOf(pairs) / pairs.length;
      if (!(Math.abs(mean) > 0)) return pairs.length < least ? least : null;
      // Of whole gains and losses with these means, as the interval of shares has it.
      const moved = pairs.reduce((sum, [first, second]) => sum + Math.abs(second - first), 0) / pairs.length;
      const deviation = Math.sqrt(Math.max(0, moved - mean ** 2));
      return Math.max(least, pairs.length + 1, Math.ceil(((FOUND * deviation) / mean) ** 2));
    },
  };
}

/** Standard errors that a difference has to be from 0 to be found by 4 of 5 tests at 5 %: 1.96 + 0.84. */
const FOUND = 2.8;

const pairedScores = (one: ModelFigures, other: ModelFigures): readonly Pair[] =>
  [...one.scores].flatMap(([question, score]) => {
    const others = other.scores.get(question);
    return others === undefined ? [] : [[score, others] as const];
  });

const pairedPoints = (one: ModelFigures, other: ModelFigures): readonly Pair[] =>
  [...(one.duels.get(other.model)?.values() ?? [])].map((points) => [points, 1 - points] as const);

function decisive(one: ModelFigures, other: ModelFigures): readonly Pair[] {
  const scored = pairedScores(one, other);
  const points = pairedPoints(one, other);
  return gainOf(scored) === 0 && points.length > 0 ? points : scored;
}

/** Sums of thirds miss 0 by their last bits. */
const gainOf = (pairs: readonly Pair[]): number =>
  Number(pairs.reduce((sum, [one, other]) => sum + other - one, 0).toFixed(9));
