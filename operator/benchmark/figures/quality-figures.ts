import { boundedMean, type Estimate } from '../measure/statistics/rate';
import type { JudgedResult } from '../result-file';
import type { AnswerScore, JudgedPair } from '../quality/quality';
import type { Call } from '../result/result';
import { groupBy } from '../../statistics/group-by';
import { meanOf } from '../../statistics/mean';

/** Share of expectations that an answer met; undefined for answers of which none was expected or decided. */
export type ScoreOf = (call: Call) => number | undefined;

export function scoresByCall(scores: readonly AnswerScore[]): ScoreOf {
  const byIndex = new Map(scores.filter(({ of }) => of > 0).map(({ index, met, of }) => [index, met / of]));
  return ({ index, warmup }) => (warmup ? undefined : byIndex.get(index));
}

/** Mean value of each question that has one, in the order of the items. */
export const meanByQuestion = <T extends { readonly questionId: string }>(
  items: readonly T[],
  valueOf: (item: T) => number | undefined,
): ReadonlyMap<string, number> =>
  new Map(
    groupBy(items, ({ questionId }) => questionId).flatMap((ofOne) => {
      const values = ofOne.map(valueOf).filter((value) => value !== undefined);
      return values.length === 0 ? [] : [[ofOne[0].questionId, meanOf(values)] as const];
    }),
  );

/**
 * Mean over the questions of their mean scores, so that no question counts more for having been answered more often.
 * The interval is for questions like these: its sample are the questions, not the answers.
 * @returns null without scores
 */
export function meanScore(calls: readonly Call[], scoreOf: ScoreOf, tail?: number): Estimate | null {
  const scores = [...meanByQuestion(calls, scoreOf).values()];
  return scores.length === 0 ? null : boundedMean(scores, tail);
}

/** How a model fared with the judge, against all others or one of them. */
export interface WinRate {
  readonly wins: number;
  readonly losses: number;
  /** Neither is better, or the judge's preference moved with the place. */
  readonly ties: number;
  /** Wins and half of the ties, as a share; the interval is for questions like these. */
  readonly rate: Estimate;
}

interface Outcome {
  readonly questionId: string;
  readonly points: 0 | 0.5 | 1;
}

function outcomesOf(pairs: readonly JudgedPair[], model: string): readonly Outcome[] {
  return pairs.flatMap(({ questionId, models, verdict }): readonly Outcome[] => {
    if (verdict === null || !models.includes(model)) return [];
    if (verdict === 'tie') return [{ questionId, points: 0.5 }];
    return [{ questionId, points: (verdict === 'one') === (models[0] === model) ? 1 : 0 }];
  });
}

/** By question, a model's wins and half of its ties, as a share. */
const pointsByQuestion = (outcomes: readonly Outcome[]): ReadonlyMap<string, number> =>
  meanByQuestion(outcomes, ({ points }) => points);

/** By question, how a model fared against another one; without those that have no verdict. */
export const duel = (
  pairs: readonly JudgedPair[],
  model: string,
  other: string,
): ReadonlyMap<string, number> =>
  pointsByQuestion(
    outcomesOf(
      pairs.filter(({ models }) => models.includes(other)),
      model,
    ),
  );

/** @returns null where no pair with the model has a verdict */
export function winRate(pairs: readonly JudgedPair[], model: string): WinRate | null {
  const outcomes = outcomesOf(pairs, model);
  if (outcomes.length === 0) return null;
  const count = (points: number): number => outcomes.filter((outcome) => outcome.points === points).length;
  const rate = boundedMean([...pointsByQuestion(outcomes).values()]);
  return { wins: count(1), losses: count(0), ties: count(0.5), rate };
}

/** The judge's verdicts on a request type; null: on all. */
export const pairsOf = ({ quality }: JudgedResult, type: string | null): readonly JudgedPair[] =>
  (quality.judge?.pairs ?? []).filter((pair) => type === null || pair.type === type);
