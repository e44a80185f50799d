import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pause, type RunClock } from '../measure/clock';
import type { ModelCaller, ModelRequest } from '../measure/caller/model-caller';
import type { Spend } from '../measure/spend/spend';
import { costOf, worstCaseUsd } from '../measure/spend/estimate';
import type { Question } from '../questions/read-questions';
import type { Price } from '../result/result';
import type { AnswerPair } from './answer-pairs';
import type { JudgedPair, OrderOutcome } from './quality';

/** What a judge model is told, as its system prompt. */
export const RUBRIC = readFileSync(join(__dirname, 'rubric.md'), 'utf8');

const answerSchema = z.object({ verdict: z.enum(['A', 'B', 'tie']), reason: z.string().optional() });

const FENCED = /^```[a-z]*\n([^`]*)```$/i;
const MAX_REASON = 500;

/**
 * What a judge said of two answers in one order: the one JSON object that the rubric asks for, alone or in a fenced code
 * block; anything else is malformed.
 * @param swapped whether the pair's second model stood in place A
 */
function outcomeOf(text: string, swapped: boolean): OrderOutcome {
  const trimmed = text.trim();
  try {
    const { verdict, reason = '' } = answerSchema.parse(JSON.parse(FENCED.exec(trimmed)?.[1] ?? trimmed));
    const preferred = verdict === 'tie' ? verdict : (verdict === 'A') === swapped ? 'two' : 'one';
    return { preferred, reason: reason.slice(0, MAX_REASON) };
  } catch {
    return { preferred: 'malformed' };
  }
}

/**
 * Only what a judge says in both orders is a verdict: a preference that moves with the place is one for the place.
 * @returns null where either order has no valid answer
 */
function bothOrders(first: OrderOutcome, second: OrderOutcome): 'one' | 'two' | 'tie' | null {
  if (!isValid(first) || !isValid(second)) return null;
  return first.preferred === second.preferred ? first.preferred : 'tie';
}

type ValidOutcome = Extract<OrderOutcome, { readonly reason: string }>;

export const isValid = (outcome: OrderOutcome): outcome is ValidOutcome => 'reason' in outcome;

export interface JudgeOptions {
  readonly model: string;
  readonly region: string;
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
  { model, region }: Pick<JudgeOptions, 'model' | 'region'>,
  { question, reference, answers, swapped }: Comparison,
): ModelRequest {
  const [answerA, answerB] = swapped ? answers.toReversed() : answers;
  const material = JSON.stringify({ question, ...(reference && { reference }), answerA, answerB });
  return { model, region, api: 'converse', system: RUBRIC, question: material, maxTokens: MAX_TOKENS };
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
      return outcomeOf(outcome.text, swapped);
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
