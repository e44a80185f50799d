import type { Context, ErrorAnswer } from '../../contract/api';
import type { FailureClass } from '../../contract/bedrock-failures';
import { CANARY_MAX_TOKENS } from '../../contract/failover';
import { thinkingOf } from '../../contract/model-catalogue';
import type { ModelRule } from '../../contract/model-config';
import type { Asker } from '../../contract/workflow';
import type { Admission, Admitted } from './admit';
import type { Reader } from './call-model';
import { callWithinCircuit, type ModelAccess } from './call-within-circuit';
import type { Before } from './conversations';
import { fitContext, windowOf, type FittedContext } from './context';
import type { ModelReply } from './converse';
import type { AssistantRequest } from './parse-request';
import { REACTIONS } from './reactions';

export interface ModelTier extends ModelAccess, Admission {
  readonly tier: 'primary' | 'fallback';
  /** Milliseconds after the request's start at which the tier must have ended. */
  readonly deadlineMs: number;
}

/** A request as a tier is asked it. */
export interface Ask {
  readonly asker: Asker;
  readonly request: AssistantRequest;
  readonly admitted: Admitted;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** What the caller has been shown of an answer that broke off, to go on from. */
  readonly said?: string | undefined;
  /** The tier before has begun an answer: that the question is too long can no longer be said. */
  readonly hasBegun?: boolean;
  /** A caller who reads along. @default - the answer is told when it is whole */
  readonly reader?: Reader;
}

export type TierAnswer = (
  | {
      readonly reply: ModelReply;
      readonly model: string;
      readonly context?: Context;
      /** Writes the line and the metrics of the answer, once it is one to the caller. */
      readonly count: () => void;
    }
  | {
      readonly failure: FailureClass | 'circuit_open';
      /** Where no model of the request type can take so long an input: the caller's to shorten. */
      readonly tooLong?: ErrorAnswer['error'];
    }
) & {
  /** Tokens that are to be counted for the caller, whatever came of them. */
  readonly used: number;
};

/** Asks the model that the rule names for this tier, with a line and metrics of what came of it: an answer's are in `count`. */
export async function askTier(model: ModelTier, ask: Ask): Promise<TierAnswer> {
  const began = Date.now();
  const { tier, log, metrics } = model;
  const { asker, request, admitted, deadline, said, hasBegun = false, reader } = ask;
  const { source, requestId } = asker;
  const { question, system, maxTokens } = request;
  const isCanary = source === 'canary';
  const ruleOfTier = lowered(admitted.rule, tier, isCanary ? CANARY_MAX_TOKENS : maxTokens);
  const isLowered = !isCanary && ruleOfTier !== admitted.rule;
  const rule = { ...ruleOfTier, callerPrompt: system, isLowered };
  const { modelId } = rule[tier];
  const seen = {
    requestId,
    source,
    caller: asker.caller,
    tier,
    model: modelId,
    configurationVersion: admitted.version,
    configurationSource: admitted.source,
  };
  const { before } = admitted;
  const context = before && fitContext(before, rule, rule[tier], [question, said, system].join(''));
  let used = 0;
  const result = await callWithinCircuit(model, {
    tier,
    source,
    rule,
    question,
    turns: context?.turns ?? [],
    said,
    reader,
    deadline,
    onUsage: (tokens) => {
      used += tokens;
    },
    seen,
  });
  const durationMs = Date.now() - began;

  if ('reply' in result) {
    const { reply, circuit, latencyMs } = result;
    const { stopReason, usage } = reply;
    const told = context && { context: context.said };
    const fields = { ...seen, circuit, stopReason, ...usage, ...told, durationMs };
    const answered = { level: 'INFO', message: 'answered', fields } as const;
    // A stream goes on beyond the deadline, as long as its caller reads along.
    const usedShare = 1 - (deadline - Date.now()) / model.deadlineMs;
    const deadlineUsed = reader ? undefined : Math.round(100 * usedShare);
    const count = () => {
      if (stopReason === 'guardrail_intervened') metrics.countIntervention(tier);
      metrics.countAnswer(tier, source, answered, { model: modelId, latencyMs, deadlineUsed, usage });
    };
    return { reply, model: modelId, ...told, count, used };
  }

  const { failure, circuit } = result;
  log('WARN', 'tier_unanswered', { ...seen, circuit, failure, durationMs });
  const then = failure === 'circuit_open' ? 'next_tier' : REACTIONS[failure].then;
  if (then === 'larger_model' && !hasBegun && !hasLargerModel(rule, tier)) {
    return { failure, tooLong: tooLong(context, before), used };
  }
  if (then !== 'nothing') metrics.countFallback(tier, failure);
  return { failure, used };
}

function tooLong(context: FittedContext | undefined, before: Before | undefined): ErrorAnswer['error'] {
  const { field, advice } = whatIsTooLong(context, before);
  const message = `${field} is too long for the model of this request type.${advice}`;
  return { code: 'invalid_request', message, field };
}

function whatIsTooLong(context: FittedContext | undefined, before: Before | undefined) {
  if (context === undefined || context.turns.length === 0) return { field: 'question', advice: '' };
  return before?.id === undefined
    ? { field: 'history', advice: ' Leave out its oldest turns.' }
    : { field: 'conversationId', advice: ' Begin a new conversation.' };
}

/** What a model may think comes on top: it refuses a limit below that. */
function lowered(rule: ModelRule, tier: ModelTier['tier'], limit = Infinity): ModelRule {
  const choice = rule[tier];
  const maxTokens = limit + (thinkingOf(choice).budgetTokens ?? 0);
  if (maxTokens >= (choice.maxTokens ?? rule.maxTokens)) return rule;
  return { ...rule, [tier]: { ...choice, maxTokens } };
}

const hasLargerModel = ({ primary, fallback }: ModelRule, tier: ModelTier['tier']): boolean =>
  tier === 'primary' && windowOf(fallback) > windowOf(primary);
