import { pause, type RunClock } from '../../measure/clock';
import type { ModelCaller, ModelRequest } from '../../measure/caller/model-caller';
import type { Spend } from '../../measure/spend/spend';
import { costOf, worstCaseUsd } from '../../measure/spend/worst-case';
import type { Question } from '../../questions/question-set';
import type { JudgedPair, OrderOutcome } from '../quality';
import type { Price } from '../../result/result';
import type { AnswerPair } from './pairs';
import { bothOrders, outcomeOf, parseVerdict } from './verdict';

export interface JudgeOptions {
  readonly model: string;
  readonly region: string;
  /** The judge's system prompt. */
  readonly rubric: string;
  readonly caller: ModelCaller;
  /** Shared with the measured calls, so that one cap holds for all. */
  readonly spend: Spend;
  /** null: unknown, which only a run without a cap can do with. */
  readonly price: Price | null;
  readonly clock: RunClock;
  readonly concurrency: number;
  readonly deadlineMs: number;
  /** Ends it: what has not been asked by then is skipped. */
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Room for one sentence and the verdict, and for a model that thinks before. */
const MAX_TOKENS = 1_024;

/** The judge is not measured, so that what it was throttled for is asked again. */
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;

/** Asks the judge about every pair, in both orders. Whatever it cannot judge is counted, not guessed. */
export async function judgePairs(
  pairs: readonly AnswerPair[],
  questions: readonly Question[],
  options: JudgeOptions,
): Promise<readonly JudgedPair[]> {
  const byId = new Map(questions.map((question) => [question.id, question]));
  const judged: JudgedPair[] = new Array<JudgedPair>(pairs.length);
  const waiting = pairs.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { answers, ...pair }] of waiting) {
      const { question = '', reference } = byId.get(pair.questionId) ?? {};
      const ask = (swapped: boolean) =>
        askJudge(judgeRequest(options, { question, reference, answers, swapped }), swapped, options);
      const orders: JudgedPair['orders'] = [await ask(false), await ask(true)];
      judged[index] = { ...pair, models: [...pair.models], orders, verdict: bothOrders(...orders) };
      options.onProgress?.(judged.filter(Boolean).length, pairs.length);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return judged;
}

interface Comparison {
  readonly question: string;
  readonly reference: string | undefined;
  readonly answers: AnswerPair['answers'];
  readonly swapped: boolean;
}

/** The texts go as JSON: none of them can pretend to be the end of the material. */
function judgeRequest(
  { model, region, rubric }: Pick<JudgeOptions, 'model' | 'region' | 'rubric'>,
  { question, reference, answers, swapped }: Comparison,
): ModelRequest {
  const [answerA, answerB] = swapped ? answers.toReversed() : answers;
  const material = JSON.stringify({ question, ...(reference && { reference }), answerA, answerB });
  return { model, region, api: 'converse', system: rubric, question: material, maxTokens: MAX_TOKENS };
}

async function askJudge(
  request: ModelRequest,
  swapped: boolean,
  { caller, spend, price, clock, deadlineMs, signal }: JudgeOptions,
): Promise<OrderOutcome> {
  for (let attempt = 1; attempt <= ATTEMPTS && !signal.aborted; attempt += 1) {
    const reservation = await spend.reserve(price === null ? null : worstCaseUsd(price, request));
    if (reservation === null) return { preferred: 'skipped' };
    const outcome = await caller(request, AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
    if (outcome.outcome === 'answered') {
      if (outcome.usage && price !== null) reservation.settle(costOf(price, outcome.usage));
      else reservation.keep();
      const verdict = parseVerdict(outcome.text);
      return verdict === null ? { preferred: 'malformed' } : outcomeOf(verdict, swapped);
    }
    if (outcome.refused) reservation.settle(0);
    else reservation.keep();
    if (outcome.outcome !== 'throttled') return unanswered(signal);
    await pause(clock, FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
  }
  return unanswered(signal);
}

const unanswered = (signal: AbortSignal): OrderOutcome => ({
  preferred: signal.aborted ? 'skipped' : 'failed',
});
