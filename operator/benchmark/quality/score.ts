import type { Question } from '../questions/read-questions';
import type { Call } from '../result/result';
import type { AnswerScore } from './quality';
import { checkExpectations, type ExpectationResult } from './expectations';

/**
 * Scores the measured calls that were answered and whose question expects something. Failed calls have no score:
 * they are in the rates of errors and throttles.
 * @param calls with their texts
 */
export function scoreAnswers(calls: readonly Call[], questions: readonly Question[]): readonly AnswerScore[] {
  const expectations = new Map(questions.map(({ id, expect }) => [id, expect]));
  return calls.flatMap(({ index, warmup, outcome, questionId, text }) => {
    const expect = expectations.get(questionId);
    if (warmup || outcome !== 'answered' || expect === undefined) return [];
    return [{ index, ...tally(checkExpectations(expect, text ?? '')) }];
  });
}

function tally(results: readonly ExpectationResult[]): Omit<AnswerScore, 'index'> {
  const named = (met: ExpectationResult['met']): string[] =>
    results.filter((result) => result.met === met).map(({ expectation }) => expectation);
  const [met, unmet] = [named(true).length, named(false)];
  return { met, of: met + unmet.length, unmet, undecided: named('undecided') };
}
