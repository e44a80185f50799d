import { apiResponse, type TierEvent, type TierOutcome } from '../../contract/workflow';
import type { ModelRule } from '../../contract/model-config';
import { environment, region } from '../environment';
import { log } from '../log';
import { modelConfig } from '../model-config';
import { selectRule } from '../model-config/select-rule';
import { isRefusal, parseRequest } from '../request/parse-request';
import { callModel } from './call-model';
import { converse } from './converse';
import { REACTIONS } from './reactions';

/** The rules are on their way before the first request is: an instance's first poll is part of its start. */
void modelConfig.current();

/**
 * Answers one request with the model that its type's rule names for this tier.
 * @returns the response, or why the next tier is due; rejects only on a fault of our own
 */
export async function answerWithModel(tier: 'primary' | 'fallback', event: TierEvent): Promise<TierOutcome> {
  const began = Date.now();
  const { requestId } = event;
  const request = parseRequest(event);
  if (isRefusal(request)) {
    log('INFO', 'request_refused', { requestId, status: request.status, code: request.error.code });
    return { response: apiResponse(request.status, { error: request.error, requestId }) };
  }

  const { config, source, version } = await modelConfig.current();
  const rule = selectRule(config, region(), request.type);
  const model = rule[tier];
  const seen = {
    requestId,
    tier,
    model: model.modelId,
    configurationVersion: version,
    configurationSource: source,
  };
  const result = await callModel({
    attempt: (signal) => converse({ model, rule, question: request.question, signal }),
    deadline: tierDeadline(event.startedAt, began),
    onFailure: (failure, attempt) => {
      log(REACTIONS[failure].alarms ? 'ERROR' : 'WARN', 'model_call_failed', { ...seen, failure, attempt });
    },
  });

  if ('reply' in result) {
    const { text, stopReason, usage } = result.reply;
    log('INFO', 'answered', { ...seen, stopReason, ...usage, durationMs: Date.now() - began });
    const answer = { answer: text, model: model.modelId, tier, degraded: false, region: region() } as const;
    return { response: apiResponse(200, { ...answer, requestId, stopReason, usage }) };
  }
  if (REACTIONS[result.failure].then === 'larger_model' && !hasLargerModel(tier, rule)) {
    const message = 'question is too long for the model of this request type.';
    return {
      response: apiResponse(400, {
        error: { code: 'invalid_request', message, field: 'question' },
        requestId,
      }),
    };
  }
  log('WARN', 'tier_unanswered', { ...seen, failure: result.failure, durationMs: Date.now() - began });
  return { unanswered: { reason: result.failure, maintenanceMessage: config.maintenanceMessage } };
}

/** Counted from the execution's start, but never longer from now than a tier may take on a clock that is late. */
function tierDeadline(startedAt: string, now: number): number {
  const allowed = Number(environment('TIER_DEADLINE_MS'));
  return Math.min(Date.parse(startedAt), now) + allowed;
}

const hasLargerModel = (tier: 'primary' | 'fallback', { primary, fallback }: ModelRule): boolean =>
  tier === 'primary' && (fallback.contextTokens ?? 0) > (primary.contextTokens ?? 0);
