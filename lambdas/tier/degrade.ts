import type { DegradedAnswer } from '../../contract/api';
import {
  apiResponse,
  FUNCTION_THROTTLED,
  type ApiResponse,
  type DegradationEvent,
  type TierResult,
} from '../../contract/workflow';
import { causeOf } from './reactions';
import type { Log, Metrics } from './telemetry';

export interface Degradation {
  readonly region: string;
  /** Said when no tier could read the configured message. */
  readonly maintenanceMessage: string;
  readonly retryAfterSeconds: number;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'countAnswer' | 'countAttention' | 'countFallback'>;
}

/** Last tier: says honestly that no model could answer. It calls nothing, so that nothing can keep it silent. */
export const degrade = (degradation: Degradation, event: DegradationEvent): ApiResponse =>
  apiResponse(200, degradedAnswer(degradation, event), degradation.retryAfterSeconds);

export function degradedAnswer(degradation: Degradation, event: DegradationEvent): DegradedAnswer {
  const { region, maintenanceMessage, log, metrics } = degradation;
  const { source, requestId, primary, fallback } = event;
  const reason = reasonOf(fallback);
  const answer = messageOf(fallback) ?? messageOf(primary) ?? maintenanceMessage;
  const fields = { requestId, primary: reasonOf(primary), fallback: reason };
  if (source === 'canary' && [primary, fallback].some(isUsedUp)) {
    log('WARN', 'canary_not_asked', fields);
    metrics.countFallback('degraded', 'canary_not_asked');
  } else {
    // Nobody chooses what the canary asks.
    const isOfCaller = source === 'caller' && [primary, fallback].every(isOfQuestion);
    const line = { level: 'WARN', message: 'degraded', fields } as const;
    metrics.countAnswer('degraded', source, line, undefined, isOfCaller);
    // The canary's short question does not see models that have become too slow for longer ones.
    if (isOfCaller) metrics.countAttention('questions');
  }
  return {
    answer,
    model: null,
    tier: 'degraded',
    degraded: true,
    region,
    requestId,
    stopReason: null,
    usage: { inputTokens: 0, outputTokens: 0 },
    reason,
  };
}

/**
 * Whether callers may have left nothing of the tier to ask: of its model, nothing is known. It is enough that one tier
 * was used up: with it, the region might have answered.
 */
function isUsedUp(result: TierResult): boolean {
  if ('Error' in result) return result.Error === FUNCTION_THROTTLED;
  return causeOf(reasonOf(result)) === 'load';
}

const isOfQuestion = (result: TierResult): boolean => causeOf(reasonOf(result)) === 'caller';

const unanswered = (result: TierResult) =>
  'payload' in result && 'unanswered' in result.payload ? result.payload.unanswered : undefined;

/** Why a tier gave no answer: its own word, or that its function failed before it could say one. */
const reasonOf = (result: TierResult): string => unanswered(result)?.reason ?? 'function_failed';

const messageOf = (result: TierResult): string | undefined => unanswered(result)?.maintenanceMessage;
