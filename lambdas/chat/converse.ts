import type { ModelRule } from '../../contract/model-config';
import type { Asker, Unanswered } from '../../contract/workflow';
import { admit, type Admission, type Admitted } from '../tier/admit';
import { askTier, type ModelTier, type TierAnswer } from '../tier/ask-tier';
import { degradedAnswer, type Degradation } from '../tier/degrade';
import type { ModelReply } from '../tier/converse';
import { isRefusal, type AssistantRequest } from '../tier/parse-request';
import { causeOf } from '../tier/reactions';
import { Telling, type Sink } from './telling';

/** The tiers of a region in one process, for callers who read along. */
export interface Assistant extends Admission {
  readonly region: string;
  /** In the order in which they are asked. */
  readonly tiers: readonly ModelTier[];
  readonly degradation: Degradation;
  /** Milliseconds after the request's start until which an answer may go on that has begun in time. */
  readonly longestMs: number;
}

/**
 * Answers a request by the first tier that can, as the state machine does, and tells it as it comes. It never rejects for
 * what a tier does.
 */
export async function converse(
  assistant: Assistant,
  asker: Asker,
  request: AssistantRequest,
  sink: Sink,
): Promise<void> {
  const began = Date.now();
  const admitted = await admit(assistant, asker, request);
  if (isRefusal(admitted)) {
    await sink.send({ type: 'error', ...admitted });
    return;
  }
  const { maintenanceMessage } = admitted;
  const turn = { asker, request, admitted, began };
  const telling = new Telling(sink, onBreak(assistant, admitted.rule, sink));
  const unanswered: Why[] = [];
  let used = 0;
  try {
    for (const tier of assistant.tiers) {
      let answer = await askInTurn(assistant, tier, turn, telling);
      used += answer.used;
      const from = { tier: tier.tier, model: admitted.rule[tier.tier].modelId };
      const [reply, broken] = 'reply' in answer ? [answer.reply] : [undefined, answer.failure];
      if (!telling.goesOn(from, reply, broken)) {
        tier.log('WARN', 'answer_not_continued', { requestId: asker.requestId, ...from });
        telling.drop();
        if (telling.isLost) {
          interrupt(sink, asker, tier, 'not_continued', unanswered);
          return;
        }
        answer = await askInTurn(assistant, tier, turn, telling);
        used += answer.used;
      }
      if ('reply' in answer) {
        answer.count();
        const conversation = await keep(assistant, turn, answer.reply, telling);
        telling.end(from, { ...answer, ...(conversation && { conversation }) });
        return;
      }
      const { failure, tooLong } = answer;
      if (tooLong !== undefined) void sink.send({ type: 'error', status: 400, error: tooLong });
      if (tooLong !== undefined || failure === 'abandoned') return;
      // What a model has ended so is nothing to go on from.
      if (failure === 'no_answer') telling.drop();
      telling.broke(failure);
      // The honest answer is no continuation.
      if (tier === assistant.tiers.at(-1)) telling.drop();
      unanswered.push({ reason: failure, ...(maintenanceMessage && { maintenanceMessage }) });
      if (telling.isLost) {
        interrupt(sink, asker, tier, failure, unanswered);
        return;
      }
    }
    sayDegraded(assistant.degradation, asker, unanswered, telling);
  } finally {
    // Both tiers' together, and after the last event: nobody waits for it, and the function is not over before.
    await admitted.count(used);
  }
}

/**
 * Where nothing can be taken back, an answer that broke off can only be gone on with; but not unasked with a guardrail,
 * which would judge the two parts apart from each other.
 */
function onBreak({ tiers }: Assistant, rule: ModelRule, { restarts }: Sink): 'restart' | 'continue' {
  const isJudged = tiers.some(({ guardrail }) => guardrail !== undefined);
  return rule.onBreak ?? (restarts || isJudged ? 'restart' : 'continue');
}

/** Before the last event, which says so. What stands of a model that fell silent is part of the answer. */
function keep(
  { conversations }: Assistant,
  { asker: { caller, requestId }, request: { question }, admitted: { before }, began }: Turn,
  { text, stopReason }: ModelReply,
  telling: Telling,
): ReturnType<Assistant['conversations']['keep']> {
  const at = new Date(began).toISOString();
  return conversations.keep(before, caller, {
    question,
    answer: telling.whole(text),
    stopReason,
    at,
    requestId,
  });
}

type Why = Omit<Unanswered, 'secondsLeft'>;

/** Where a caller can have brought about all that has failed by the question alone, nobody is woken for it. */
function interrupt(
  sink: Sink,
  { requestId, caller }: Asker,
  { tier, metrics }: ModelTier,
  failure: string,
  unanswered: readonly Why[],
): void {
  const isOfCaller = unanswered.every(({ reason }) => causeOf(reason) === 'caller');
  const line = {
    level: 'WARN',
    message: 'answer_interrupted',
    fields: { requestId, caller, failure },
  } as const;
  metrics.countInterruption(tier, line, isOfCaller);
  void sink.send({ type: 'error', status: 503, error: INTERRUPTED });
}

const INTERRUPTED = {
  code: 'service_unavailable',
  message: 'The answer broke off in its middle, and is not whole. Ask again.',
} as const;

interface Turn {
  readonly asker: Asker;
  readonly request: AssistantRequest;
  readonly admitted: Admitted;
  readonly began: number;
}

type Answer =
  TierAnswer | { readonly failure: 'function_failed'; readonly tooLong?: undefined; readonly used: 0 };

/** A fault of our own in a tier is the next tier's to make good, as where tiers are functions. */
async function askInTurn(
  { longestMs }: Assistant,
  tier: ModelTier,
  { asker, request, admitted, began }: Turn,
  telling: Telling,
): Promise<Answer> {
  const now = Date.now();
  // However late the tier before has died, in the middle of a long answer: this one has its least time, though never
  // later than once beyond all of an answer's, however often it is asked. The function's time is as much.
  const deadline = Math.max(began + tier.deadlineMs, Math.min(now, began + longestMs) + tier.leastMs);
  const speakUntil = Math.max(began + longestMs, deadline);
  const speaker = { tier: tier.tier, model: admitted.rule[tier.tier].modelId };
  try {
    return await askTier(tier, {
      asker,
      request,
      admitted,
      deadline,
      said: telling.standing,
      hasBegun: telling.hasBegun,
      reader: { onText: (text) => telling.say(speaker, text), left: telling.left, speakUntil },
    });
  } catch (error) {
    const { requestId } = asker;
    const name = error instanceof Error ? error.name : 'unknown';
    tier.log('ERROR', 'tier_failed', { requestId, tier: tier.tier, error: name });
    tier.metrics.countFallback(tier.tier, 'function_failed');
    return { failure: 'function_failed', used: 0 };
  }
}

function sayDegraded(
  degradation: Degradation,
  { source, requestId }: Asker,
  [primary, fallback]: readonly Why[],
  telling: Telling,
): void {
  const outcome = (why: Why = { reason: 'function_failed' }) => ({
    payload: { unanswered: { ...why, secondsLeft: 0 } },
  });
  const event = { source, requestId, primary: outcome(primary), fallback: outcome(fallback) };
  const { answer: text, reason, stopReason, usage } = degradedAnswer(degradation, event);
  const { retryAfterSeconds } = degradation;
  const from = { tier: 'degraded', model: null } as const;
  telling.end(from, { reply: { text, stopReason, usage }, degraded: { reason, retryAfterSeconds } });
}
