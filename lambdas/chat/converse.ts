import type { Context, ErrorAnswer, ModelAnswer, Tier, Usage } from '../../contract/api';
import type { ModelRule } from '../../contract/model-config';
import type { Asker, Unanswered } from '../../contract/workflow';
import { admit, type Admission, type Admitted } from '../tier/admit';
import { askTier, type ModelTier, type TierAnswer } from '../tier/ask-tier';
import { degradedAnswer, type Degradation } from '../tier/degrade';
import type { ModelReply } from '../tier/converse';
import { isRefusal, type AssistantRequest } from '../tier/parse-request';
import { Seam, type Joint } from '../tier/seam';

/** Who speaks. */
export interface Speaker {
  readonly tier: Tier;
  readonly model: string | null;
}

/** What becomes of a request, as it becomes it; `error` and `end` are the last. */
export type ChatEvent =
  | { readonly type: 'start'; readonly from: Speaker }
  | { readonly type: 'delta'; readonly text: string; readonly filter?: ModelReply['filter'] }
  /** What was said is void. */
  | { readonly type: 'restart'; readonly reason: string; readonly from: Speaker }
  /** What was said stands, and another model goes on. */
  | { readonly type: 'continue'; readonly reason: string; readonly from: Speaker }
  | {
      readonly type: 'end';
      readonly from: Speaker;
      readonly stopReason: string | null;
      readonly usage: Usage;
      readonly filter?: ModelReply['filter'];
      /** What the model was told of what was said before, where there was such. */
      readonly context?: Context;
      readonly conversation?: NonNullable<ModelAnswer['conversation']>;
      /** Where it is degraded. */
      readonly degraded?: { readonly reason: string; readonly retryAfterSeconds: number };
    }
  | {
      readonly type: 'error';
      readonly status: number;
      readonly error: ErrorAnswer['error'];
      readonly retryAfterSeconds?: number;
    };

/** Where events go: a writer of one protocol. */
export interface Sink {
  /** @returns a promise, where the caller takes no more for the moment */
  send(event: ChatEvent): Promise<void> | undefined;
  /** Aborted when the caller has left. */
  readonly left: AbortSignal;
  /** Whether what was said can be taken back. */
  readonly restarts: boolean;
}

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
      if (!telling.goesOn(from, answer)) {
        tier.log('WARN', 'answer_not_continued', { requestId: asker.requestId, ...from });
        telling.drop();
        if (telling.isLost) {
          interrupt(sink, asker, tier, 'not_continued');
          return;
        }
        answer = await askInTurn(assistant, tier, turn, telling);
        used += answer.used;
      }
      if ('reply' in answer) {
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
      if (telling.isLost) {
        interrupt(sink, asker, tier, failure);
        return;
      }
      unanswered.push({ reason: failure, ...(maintenanceMessage && { maintenanceMessage }) });
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

function interrupt(sink: Sink, asker: Asker, { tier, metrics }: ModelTier, failure: string): void {
  const fields = { requestId: asker.requestId, caller: asker.caller, failure };
  metrics.countInterruption(tier, { level: 'WARN', message: 'answer_interrupted', fields });
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
  // However late the tier before has died, in the middle of a long answer: this one has its least time.
  const deadline = Math.max(began + tier.deadlineMs, now + tier.leastMs);
  const speakUntil = Math.max(began + longestMs, deadline);
  const speaker = { tier: tier.tier, model: admitted.rule[tier.tier].modelId };
  try {
    return await askTier(tier, {
      asker,
      request,
      admitted,
      deadline,
      said: telling.standing,
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

/** What the caller has been told: one start, then text, with a restart or a continuation wherever who speaks changes. */
class Telling {
  private hasStarted = false;
  /** Why who spoke last has fallen silent, with text on show. */
  private broken: string | undefined;
  /** Characters that stand of who speaks now. */
  private shown = 0;
  /** What stands of those who spoke before, where another is to go on from it. */
  private kept = '';
  /** Where the next one goes on, until that is told. */
  private seam: Seam | undefined;
  /** Aborted where it does not. */
  private readonly misfit = new AbortController();

  constructor(
    private readonly sink: Sink,
    private onBreak: 'restart' | 'continue',
  ) {}

  /** Aborted where nobody listens to who speaks now. */
  get left(): AbortSignal {
    return this.seam === undefined ? this.sink.left : AbortSignal.any([this.sink.left, this.misfit.signal]);
  }

  /** What was said can neither be gone on from nor be taken back: no other model is asked. */
  get isLost(): boolean {
    return this.broken !== undefined && this.kept === '' && !this.sink.restarts;
  }

  /** What the next model is to go on from. */
  get standing(): string | undefined {
    return this.kept === '' ? undefined : this.kept;
  }

  /** @returns an answer's text with what stands before it, of a model that fell silent */
  whole(text: string): string {
    return this.kept === '' ? text : this.kept;
  }

  say(from: Speaker, text: string, filter?: ModelReply['filter']): Promise<void> | undefined {
    if (this.seam !== undefined) return this.join(from, this.seam.add(text));
    if (!this.hasStarted) void this.sink.send({ type: 'start', from });
    else if (this.broken !== undefined) void this.sink.send({ type: 'restart', reason: this.broken, from });
    this.hasStarted = true;
    this.broken = undefined;
    this.shown += text.length;
    if (this.onBreak === 'continue') this.kept += text;
    return this.sink.send({ type: 'delta', text, ...(filter && { filter }) });
  }

  /** @returns false where who was to go on has begun something else */
  goesOn(from: Speaker, answer: Answer): boolean {
    const isOfFilter = 'reply' in answer && answer.reply.filter !== undefined;
    if (this.seam === undefined || this.sink.left.aborted || isOfFilter) return true;
    if ('reply' in answer && !this.misfit.signal.aborted) {
      const seam = new Seam(this.kept);
      void this.join(from, seam.add(answer.reply.text) ?? seam.end());
    }
    return !this.misfit.signal.aborted;
  }

  /** Who speaks has fallen silent; what there is to say of it, the next one's first word says. */
  broke(reason: string): void {
    if (this.hasStarted) this.broken = reason;
    this.shown = 0;
    if (this.kept !== '') this.seam = new Seam(this.kept);
  }

  /** What comes next is no continuation. */
  drop(): void {
    this.kept = '';
    this.seam = undefined;
    this.onBreak = 'restart';
  }

  /** Nobody waits for its caller to take it: what was used is counted first. */
  end(
    from: Speaker,
    {
      reply,
      context,
      conversation,
      degraded,
    }: Pick<End, 'context' | 'conversation' | 'degraded'> & { readonly reply: Reply },
  ): void {
    const { text, stopReason, usage, filter } = reply;
    const isAllThatStands = this.shown === text.length && this.kept.length <= this.shown;
    if (filter !== undefined && !isAllThatStands) {
      this.drop();
      this.broke(stopReason ?? filter);
    }
    // Of who has gone on, all is said that there was.
    if (this.shown === 0 && this.kept === '') void this.say(from, text, filter);
    const more = {
      ...(filter && { filter }),
      ...(context && { context }),
      ...(conversation && { conversation }),
      ...(degraded && { degraded }),
    };
    void this.sink.send({ type: 'end', from, stopReason, usage, ...more });
  }

  private join(from: Speaker, joint: Joint | undefined): Promise<void> | undefined {
    if (joint === undefined) return undefined;
    if (!joint.isFit) {
      this.misfit.abort();
      return undefined;
    }
    void this.sink.send({ type: 'continue', reason: this.broken ?? '', from });
    this.seam = undefined;
    this.broken = undefined;
    return joint.rest === '' ? undefined : this.say(from, joint.rest);
  }
}

type End = Extract<ChatEvent, { readonly type: 'end' }>;
type Reply = Pick<End, 'stopReason' | 'usage' | 'filter'> & { readonly text: string };
