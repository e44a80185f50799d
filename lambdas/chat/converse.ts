import type { Asker, Unanswered } from '../../contract/workflow';
import { admit, type Admission, type Admitted } from '../tier/admit';
import { askTier, type ModelTier, type TierAnswer } from '../tier/ask-tier';
import type { Reader } from '../tier/call-model';
import { degradedAnswer, type Degradation } from '../tier/degrade';
import { isRefusal, type AssistantRequest } from '../tier/parse-request';
import { causeOf } from '../tier/reactions';
import { nameOf } from '../tier/telemetry';
import { Telling, type Sink, type Speaker } from './telling';

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
  const telling = new Telling(sink);
  const turn: Turn = { assistant, asker, request, admitted, began, sink, telling };
  const unanswered: Why[] = [];
  let used = 0;
  try {
    for (const tier of assistant.tiers) {
      let answer = await askInTurn(turn, tier);
      used += answer.used;
      if (telling.shown.kind === 'misfit') {
        if (sink.left.aborted) return;
        tier.log('WARN', 'answer_not_continued', { requestId: asker.requestId, ...speakerOf(turn, tier) });
        void telling.take({ kind: 'asked_anew' });
        if (telling.isLost) {
          interrupt(turn, tier, 'not_continued', unanswered);
          return;
        }
        answer = await askInTurn(turn, tier);
        used += answer.used;
      }
      if ('reply' in answer) {
        const { context, count } = answer;
        const { stopReason, usage, filter } = answer.reply;
        count();
        const conversation = await keep(turn, stopReason);
        // Nobody waits for its caller to take it: what was used is counted first.
        void sink.send({
          ...{ type: 'end', from: speakerOf(turn, tier), stopReason, usage, ...(filter && { filter }) },
          ...(context && { context }),
          ...(conversation && { conversation }),
        });
        return;
      }
      const { failure, tooLong } = answer;
      if (tooLong !== undefined) void sink.send({ type: 'error', status: 400, error: tooLong });
      if (tooLong !== undefined || failure === 'abandoned') return;
      unanswered.push({ reason: failure, ...(maintenanceMessage && { maintenanceMessage }) });
      if (telling.isLost) {
        interrupt(turn, tier, failure, unanswered);
        return;
      }
    }
    sayDegraded(turn, unanswered);
  } finally {
    // Both tiers' together, and after the last event: nobody waits for it, and the function is not over before.
    await admitted.count(used);
  }
}

interface Turn {
  readonly assistant: Assistant;
  readonly asker: Asker;
  readonly request: AssistantRequest;
  readonly admitted: Admitted;
  readonly began: number;
  readonly sink: Sink;
  readonly telling: Telling;
}

const speakerOf = ({ admitted }: Turn, { tier }: ModelTier): Speaker => ({
  tier,
  model: admitted.rule[tier].modelId,
});

/**
 * Where nothing can be taken back, an answer that broke off can only be gone on with; but not unasked with a guardrail,
 * which would judge the two parts apart from each other. The honest answer is no continuation.
 */
function mayGoOn({ assistant: { tiers }, admitted: { rule }, sink }: Turn, tier: ModelTier): boolean {
  const isJudged = tiers.some(({ guardrail }) => guardrail !== undefined);
  const onBreak = rule.onBreak ?? (sink.restarts || isJudged ? 'restart' : 'continue');
  return onBreak === 'continue' && tier !== tiers.at(-1);
}

/** Before the last event, which says so. What stands of a model that fell silent is part of the answer. */
function keep(turn: Turn, stopReason: string): ReturnType<Assistant['conversations']['keep']> {
  const { assistant, asker, request, admitted, began, telling } = turn;
  return assistant.conversations.keep(admitted.before, asker.caller, {
    question: request.question,
    answer: telling.text,
    stopReason,
    at: new Date(began).toISOString(),
    requestId: asker.requestId,
  });
}

type Why = Omit<Unanswered, 'secondsLeft'>;

/** Where a caller can have brought about all that has failed by the question alone, nobody is woken for it. */
function interrupt(
  { sink, asker: { requestId, caller } }: Turn,
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

type Answer =
  TierAnswer | { readonly failure: 'function_failed'; readonly tooLong?: undefined; readonly used: 0 };

/** Asks a tier, and tells what comes of it. */
async function askInTurn(turn: Turn, tier: ModelTier): Promise<Answer> {
  const { telling } = turn;
  const from = speakerOf(turn, tier);
  const unheard = new AbortController();
  const onText = (text: string) => {
    const taking = telling.take({ kind: 'said', from, text });
    if (telling.shown.kind === 'misfit') unheard.abort();
    return taking;
  };
  const answer = await askWithin(turn, tier, onText, unheard.signal);
  if ('reply' in answer) void telling.take({ ...answer.reply, kind: 'ended', from });
  else void telling.take({ kind: 'failed', reason: answer.failure, mayGoOn: mayGoOn(turn, tier) });
  return answer;
}

/** A fault of our own in a tier is the next tier's to make good, as where tiers are functions. */
async function askWithin(
  { assistant: { longestMs }, asker, request, admitted, began, sink, telling: { shown } }: Turn,
  tier: ModelTier,
  onText: Reader['onText'],
  unheard: AbortSignal,
): Promise<Answer> {
  const now = Date.now();
  // However late the tier before has died, in the middle of a long answer: this one has its least time, though never
  // later than once beyond all of an answer's, however often it is asked. The function's time is as much.
  const deadline = Math.max(began + tier.deadlineMs, Math.min(now, began + longestMs) + tier.leastMs);
  const speakUntil = Math.max(began + longestMs, deadline);
  try {
    return await askTier(tier, {
      asker,
      request,
      admitted,
      deadline,
      said: shown.kind === 'broken' ? shown.text : undefined,
      hasBegun: shown.kind !== 'nothing',
      reader: { onText, left: AbortSignal.any([sink.left, unheard]), unheard, speakUntil },
    });
  } catch (error) {
    const { requestId } = asker;
    tier.log('ERROR', 'tier_failed', { requestId, tier: tier.tier, error: nameOf(error) });
    tier.metrics.countFallback(tier.tier, 'function_failed');
    // Somebody learns of it, as of a tier that is a function; by a ticket, since one question may bring it about.
    tier.metrics.countAttention('questions');
    return { failure: 'function_failed', used: 0 };
  }
}

function sayDegraded(
  { assistant: { degradation }, asker: { source, requestId }, sink, telling }: Turn,
  [primary, fallback]: readonly Why[],
): void {
  const outcome = (why: Why = { reason: 'function_failed' }) => ({
    payload: { unanswered: { ...why, secondsLeft: 0 } },
  });
  const event = { source, requestId, primary: outcome(primary), fallback: outcome(fallback) };
  const { answer: text, reason, stopReason, usage } = degradedAnswer(degradation, event);
  const { retryAfterSeconds } = degradation;
  const from = { tier: 'degraded', model: null } as const;
  void telling.take({ kind: 'ended', from, text, stopReason });
  void sink.send({ type: 'end', from, stopReason, usage, degraded: { reason, retryAfterSeconds } });
}
