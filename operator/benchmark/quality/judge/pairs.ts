import type { Call } from '../../result/result';
import { groupBy } from '../../group-by';

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
