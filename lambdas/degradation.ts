import { apiResponse, type ApiResponse, type DegradationEvent, type TierResult } from '../contract/workflow';
import { environment, region } from './environment';
import { countAnswer } from './metrics';

/** Last tier: says honestly that no model could answer. It calls nothing, so that nothing can keep it silent. */
export const handler = (event: DegradationEvent): Promise<ApiResponse> => {
  const { source, requestId, primary, fallback } = event;
  const reason = reasonOf(fallback);
  const answer = messageOf(fallback) ?? messageOf(primary) ?? environment('MAINTENANCE_MESSAGE');
  const fields = { requestId, primary: reasonOf(primary), fallback: reason };
  countAnswer('degraded', source, { level: 'WARN', message: 'degraded', fields });
  return Promise.resolve(
    apiResponse(
      200,
      {
        answer,
        model: null,
        tier: 'degraded',
        degraded: true,
        region: region(),
        requestId,
        stopReason: null,
        usage: { inputTokens: 0, outputTokens: 0 },
        reason,
      },
      Number(environment('RETRY_AFTER_SECONDS')),
    ),
  );
};

const unanswered = (result: TierResult) =>
  'payload' in result && 'unanswered' in result.payload ? result.payload.unanswered : undefined;

/** Why a tier gave no answer: its own word, or that its function failed before it could say one. */
const reasonOf = (result: TierResult): string => unanswered(result)?.reason ?? 'function_failed';

const messageOf = (result: TierResult): string | undefined => unanswered(result)?.maintenanceMessage;
