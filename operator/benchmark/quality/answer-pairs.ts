import { groupBy } from '../../statistics/group-by';
import type { Call } from '../result/result';

/** Two models' answers to the same question, given in the same run. */
export interface AnswerPair {
  readonly questionId: string;
  readonly type: string;
  readonly region: string;
  readonly models: readonly [string, string];
  readonly answers: readonly [string, string];
}

/**
 * The answers that a judge compares: every two models, for each question and region the first run in which both
 * answered. Of two APIs the one that the assistant uses, Converse, is judged; their texts come from the same model.
 * @param models in an order that decides which of a pair is the first
 */
export function answerPairs(calls: readonly Call[], models: readonly string[]): readonly AnswerPair[] {
  const answered = calls.filter(({ warmup, outcome }) => !warmup && outcome === 'answered');
  const api = answered.some((call) => call.api === 'converse') ? 'converse' : 'converse-stream';
  const byPlace = groupBy(
    answered.filter((call) => call.api === api),
    ({ questionId, region }) => JSON.stringify([questionId, region]),
  );
  return byPlace.flatMap((there) => twoOf(models).flatMap((pair) => firstInCommon(there, pair) ?? []));
}

const twoOf = (models: readonly string[]): readonly (readonly [string, string])[] =>
  models.flatMap((one, index) => models.slice(index + 1).map((other) => [one, other] as const));

function firstInCommon(calls: readonly Call[], models: readonly [string, string]): AnswerPair | undefined {
  const [ones, others] = models.map((model) => calls.filter((call) => call.model === model));
  const byRun = (one: Call, other: Call): number => one.run - other.run;
  for (const one of (ones ?? []).toSorted(byRun)) {
    const other = others?.find(({ run }) => run === one.run);
    if (one.text === undefined || other?.text === undefined) continue;
    const { questionId, type, region } = one;
    return { questionId, type, region, models, answers: [one.text, other.text] };
  }
  return undefined;
}

/** Questions by which a judge is tried for a preference of length. */
export const LENGTH_PROBES = 8;

/**
 * An answer beside the same answer said twice, which adds nothing: a judge that prefers it goes by length (the
 * "repetitive list" attack of Zheng et al., Judging LLM-as-a-Judge, 2023, section 3.3, in its plainest form).
 */
export function lengthProbes(pairs: readonly AnswerPair[]): readonly AnswerPair[] {
  const byQuestion = groupBy(
    pairs.filter(({ answers: [text] }) => text.trim() !== ''),
    ({ questionId }) => questionId,
  );
  return byQuestion.slice(0, LENGTH_PROBES).map(
    ([
      {
        answers: [text],
        ...pair
      },
    ]) => ({
      ...{ ...pair, models: ['once', 'twice'], answers: [text, `${text}\n\n${text}`] },
    }),
  );
}
