import {
  apiResponse,
  FUNCTION_THROTTLED,
  type ApiResponse,
  type DegradationEvent,
  type TierResult,
} from '../../contract/workflow';
import type { Metrics } from './telemetry';

export interface Degradation {
  readonly region: string;
  /** Said when no tier could read the configured message. */
  readonly maintenanceMessage: string;
  readonly retryAfterSeconds: number;
  readonly metrics: Pick<Metrics, 'countAnswer' | 'countFallback'>;
}

/** Last tier: says honestly that no model could answer. It calls nothing, so that nothing can keep it silent. */
export function degrade(degradation: Degradation, event: DegradationEvent): ApiResponse {
  const { region, maintenanceMessage, retryAfterSeconds, metrics } = degradation;
  const { source, requestId, primary, fallback } = event;
  const reason = reasonOf(fallback);
  const answer = messageOf(fallback) ?? messageOf(primary) ?? maintenanceMessage;
  const fields = { requestId, primary: reasonOf(primary), fallback: reason };
  if (source === 'canary' && [primary, fallback].some(wasThrottled)) {
    // Callers had taken all of the concurrency: of the models, nothing is known.
    metrics.countFallback('degraded', 'canary_not_asked');
  } else metrics.countAnswer('degraded', source, { level: 'WARN', message: 'degraded', fields });
  return apiResponse(
    200,
    {
      answer,
      model: null,
      tier: 'degraded',
      degraded: true,
      region,
      requestId,
      stopReason: null,
      usage: { inputTokens: 0, outputTokens: 0 },
      reason,
    },
    retryAfterSeconds,
  );
}

const wasThrottled = (result: TierResult) => 'Error' in result && result.Error === FUNCTION_THROTTLED;

const unanswered = (result: TierResult) =>
  'payload' in result && 'unanswered' in result.payload ? result.payload.unanswered : undefined;

/** Why a tier gave no answer: its own word, or that its function failed before it could say one. */
const reasonOf = (result: TierResult): string => unanswered(result)?.reason ?? 'function_failed';

const messageOf = (result: TierResult): string | undefined => unanswered(result)?.maintenanceMessage;
