import type { Expect, Question } from '../questions/read-questions';
import type { Call } from '../result/result';
import { fulfilsSchema } from './json-schema';
import { plainPattern, plainText } from './plain-text';
import type { AnswerScore } from './quality';
import { matches, PatternTimeout } from './timed-match';

/** One expectation against one answer; `undecided` where a pattern did not come to an end. */
interface ExpectationResult {
  /** E.g. `mustContain: refund`. */
  readonly expectation: string;
  readonly met: boolean | 'undecided';
}

type Check = (answer: string) => boolean;

/** Holds an answer against everything that is expected of it. */
export const checkExpectations = (expect: Expect, answer: string): readonly ExpectationResult[] =>
  checksOf(expect).map(([expectation, check]) => ({ expectation, met: decide(check, answer) }));

function checksOf(expect: Expect): readonly (readonly [string, Check])[] {
  const { mustContain = [], mustNotContain = [], pattern, jsonSchema, minLength, maxLength } = expect;
  return [
    ...mustContain.map(
      (phrase) => [`mustContain: ${phrase}`, (answer: string) => contains(answer, phrase)] as const,
    ),
    ...mustNotContain.map(
      (phrase) => [`mustNotContain: ${phrase}`, (answer: string) => !contains(answer, phrase)] as const,
    ),
    ...when(pattern, (source) => [`pattern: ${source}`, (answer) => matchesEither(answer, source)]),
    ...when(jsonSchema, (schema) => ['jsonSchema', (answer) => fulfilsSchema(schema, answer)]),
    ...when(minLength, (least) => [`minLength: ${least}`, (answer) => lengthOf(answer) >= least]),
    ...when(maxLength, (most) => [`maxLength: ${most}`, (answer) => lengthOf(answer) <= most]),
  ];
}

const when = <T>(value: T | undefined, make: (value: T) => readonly [string, Check]) =>
  value === undefined ? [] : [make(value)];

function decide(check: Check, answer: string): boolean | 'undecided' {
  try {
    return check(answer);
  } catch (error) {
    if (error instanceof PatternTimeout) return 'undecided';
    throw error;
  }
}

/** As they stand, or in plain form. */
const contains = (answer: string, phrase: string): boolean =>
  answer.includes(phrase) || plainText(answer).includes(plainText(phrase));

/** A look-around for what must not be there: what one form hides is there nevertheless, so that both have to match. */
const NEGATIVE = /\(\?<?!/;

function matchesEither(answer: string, pattern: string): boolean {
  const forms = [
    () => matches(pattern, answer),
    () => matches(plainPattern(pattern), plainText(answer)),
  ] as const;
  return NEGATIVE.test(pattern) ? forms.every((form) => form()) : forms.some((form) => form());
}

const lengthOf = (answer: string): number => Array.from(answer.trim()).length;

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
