import type { Call, Price } from '../result/result';
import type { CallOutcome } from './caller/model-caller';
import type { PlannedCall } from './schedule';
import { costOf } from './spend/worst-case';

/** The fields that tell which call of the plan it is. */
export const identify = ({ index, model, region, api, question, run }: PlannedCall) => ({
  index,
  model,
  region,
  api,
  questionId: question.id,
  type: question.type,
  run,
});

/**
 * @param price null: not known
 * @param startedAt epoch milliseconds
 */
export function recordCall(
  planned: PlannedCall,
  outcome: CallOutcome,
  { price, startedAt }: { readonly price: Price | null; readonly startedAt: number },
): Call {
  const { sentAt, endedAt, firstTextAt } = outcome.timing;
  const call = {
    ...identify(planned),
    warmup: planned.warmup,
    startedAt: new Date(startedAt).toISOString(),
    outcome: outcome.outcome,
    totalMs: endedAt - sentAt,
  };
  if (outcome.outcome !== 'answered') {
    const { errorName, status, refused } = outcome;
    return { ...call, errorName, ...(status !== undefined && { status }), costUsd: refused ? 0 : null };
  }
  const { text, stopReason, usage } = outcome;
  return {
    ...call,
    stopReason,
    ...(firstTextAt !== undefined && { ttftMs: firstTextAt - sentAt }),
    ...usage,
    costUsd: price && usage ? costOf(price, usage) : null,
    text,
  };
}
