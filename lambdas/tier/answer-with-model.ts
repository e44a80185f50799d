import { CANARY_MAX_TOKENS } from '../../contract/failover';
import { thinkingOf } from '../../contract/model-catalogue';
import type { ModelRule } from '../../contract/model-config';
import { apiResponse, type ApiResponse, type TierEvent, type TierOutcome } from '../../contract/workflow';
import { selectRule } from '../../contract/select-rule';
import { fitContext } from './context';
import { fitAnswer } from './fit-answer';
import { callWithinCircuit, type ModelAccess, type TierCall } from './call-within-circuit';
import type { ModelConfigSource } from './model-config-source';
import { isRefusal, parseRequest } from './parse-request';
import { REACTIONS } from './reactions';
import type { TokenBudget } from './token-budget';

export interface ModelTier extends ModelAccess {
  readonly tier: 'primary' | 'fallback';
  readonly region: string;
  /** Milliseconds after the execution's start at which the tier must have ended. */
  readonly deadlineMs: number;
  /** The same of the last tier. */
  readonly lastDeadlineMs: number;
  readonly rules: Pick<ModelConfigSource, 'current'>;
  readonly budget: Pick<TokenBudget, 'secondsToWait' | 'count'>;
}

/**
 * Answers one request with the model that its type's rule names for this tier.
 * @returns the response, or why the next tier is due; rejects only on a fault of our own
 */
export async function answerWithModel(model: ModelTier, event: TierEvent): Promise<TierOutcome> {
  const began = Date.now();
  const { tier, region, log, metrics } = model;
  const { requestId, source: asker } = event;
  const request = parseRequest(event);
  if (isRefusal(request)) {
    log('INFO', 'request_refused', { requestId, status: request.status, code: request.error.code });
    return { response: apiResponse(request.status, { error: request.error, requestId }) };
  }

  // The rules may be on their way, too. A circuit is asked only then: its one probe is not for who has no tokens.
  const budgetWait = model.budget.secondsToWait(event);
  const { config, source, version } = await model.rules.current();
  const wait = await budgetWait;
  if (wait !== undefined) return { response: refuseSpent(model, event, wait) };
  const ruleOfType = selectRule(config, region, request.type);
  const rule = asker === 'canary' ? forCanary(ruleOfType, tier) : ruleOfType;
  const { modelId } = rule[tier];
  const seen = {
    requestId,
    source: asker,
    tier,
    model: modelId,
    configurationVersion: version,
    configurationSource: source,
  };
  const context = request.history && fitContext(request.history, rule, rule[tier], request.question);
  let used = 0;
  const call: TierCall = {
    tier,
    source: asker,
    rule,
    question: request.question,
    turns: context?.turns ?? [],
    deadline: tierDeadline(model, event.startedAt, began),
    onUsage: (tokens) => {
      used += tokens;
    },
    seen,
  };
  const result = await callWithinCircuit(model, call);
  const durationMs = Date.now() - began;
  await model.budget.count(event, used);

  if ('reply' in result) {
    const { text, stopReason, usage } = result.reply;
    const { circuit } = result;
    const told = context && { context: { turns: context.turns.length, trimmed: context.trimmed } };
    const fields = { ...seen, caller: event.caller, circuit, stopReason, ...usage, ...told, durationMs };
    const answered = { level: 'INFO', message: 'answered', fields } as const;
    if (stopReason === 'guardrail_intervened') metrics.countIntervention(tier);
    metrics.countAnswer(tier, asker, answered, { model: modelId, latencyMs: result.latencyMs, usage });
    const from = { model: modelId, tier, degraded: false, region, requestId } as const;
    return { response: fitAnswer({ answer: text, ...from, stopReason, usage, ...told }, event) };
  }

  const { failure, circuit } = result;
  log('WARN', 'tier_unanswered', { ...seen, circuit, failure, durationMs });
  if (failure !== 'circuit_open' && REACTIONS[failure].then === 'larger_model' && !hasLargerModel(call)) {
    const field = call.turns.length > 0 ? 'history' : 'question';
    const advice = field === 'history' ? ' Leave out its oldest turns.' : '';
    const message = `${field} is too long for the model of this request type.${advice}`;
    const error = { code: 'invalid_request', message, field } as const;
    return { response: apiResponse(400, { error, requestId }) };
  }
  metrics.countFallback(tier, failure);
  return {
    unanswered: {
      reason: failure,
      secondsLeft: secondsLeft(model, event.startedAt),
      // What was built in says nothing of today: without AppConfig, the deployment's own message is due.
      ...(source === 'appconfig' && { maintenanceMessage: config.maintenanceMessage }),
    },
  };
}

function refuseSpent({ log }: ModelTier, { caller, requestId }: TierEvent, wait: number): ApiResponse {
  const code = 'daily_tokens_spent';
  log('INFO', 'request_refused', { requestId, caller, status: 429, code });
  const message = 'The tokens that you may use on a day are spent. There are new ones at 00:00 UTC.';
  return apiResponse(429, { error: { code, message }, requestId }, wait);
}

function forCanary(rule: ModelRule, tier: ModelTier['tier']): ModelRule {
  const choice = rule[tier];
  const limit = CANARY_MAX_TOKENS + (thinkingOf(choice).budgetTokens ?? 0);
  return { ...rule, [tier]: { ...choice, maxTokens: Math.min(choice.maxTokens ?? rule.maxTokens, limit) } };
}

/** Counted from the execution's start, but never longer from now than a tier may take on a clock that is late. */
function tierDeadline({ deadlineMs }: ModelTier, startedAt: string, now: number): number {
  return Math.min(Date.parse(startedAt), now) + deadlineMs;
}

/** Milliseconds that a tier which has ended itself at its deadline may take until the state machine hears of it. */
const HEARD_MS = 250;

function secondsLeft({ lastDeadlineMs }: ModelTier, startedAt: string): number {
  const leftMs = Date.parse(startedAt) + lastDeadlineMs + HEARD_MS - Date.now();
  return Math.max(1, Math.ceil(leftMs / 1_000));
}

const hasLargerModel = ({ tier, rule: { primary, fallback } }: TierCall): boolean =>
  tier === 'primary' && (fallback.contextTokens ?? 0) > (primary.contextTokens ?? 0);
