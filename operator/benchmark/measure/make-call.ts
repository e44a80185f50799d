import { isBlank } from '../../../contract/question';
import type { Plan } from '../result/plan';
import type { Call, Price } from '../result/result';
import type { ModelCaller, ModelRequest, CallOutcome } from './caller/model-caller';
import type { RunClock, Interruption } from './clock';
import type { PlannedCall } from './schedule';
import type { Reservation } from './spend/spend';
import { costOf, worstCaseUsd } from './spend/estimate';

interface MakeCallOptions {
  readonly plan: Pick<Plan, 'deadlineMs' | 'inference'>;
  readonly call: ModelCaller;
  readonly clock: RunClock;
  readonly interruption: Interruption;
  readonly price: Price | null;
  readonly reservation: Reservation;
}

/**
 * Makes one call and charges for it.
 * @returns null where it was interrupted; it is then charged at its worst case if it was sent, since it may have been answered
 */
export async function makeCall(planned: PlannedCall, options: MakeCallOptions): Promise<Call | null> {
  const { plan, clock, interruption, price, reservation } = options;
  if (interruption.requested.aborted) {
    reservation.settle(0);
    return null;
  }
  const startedAt = clock.epoch();
  const deadline = new AbortController();
  const cancel = clock.after(plan.deadlineMs, () => {
    // Its name becomes the call's `errorName`.
    deadline.abort(Object.assign(new Error('The call was ended.'), { name: 'DeadlineExceeded' }));
  });
  const signal = AbortSignal.any([interruption.graceOver, deadline.signal]);
  const outcome = await options.call(requestOf(planned, plan), signal).finally(cancel);
  if (interruption.graceOver.aborted && outcome.outcome !== 'answered') {
    if (outcome.refused) reservation.settle(0);
    else reservation.keep();
    return null;
  }
  const call = recordCall(planned, outcome, { price, startedAt });
  if (call.costUsd === null) reservation.keep();
  else reservation.settle(call.costUsd);
  return call;
}

const requestOf = (
  { model, region, api, question }: PlannedCall,
  { inference }: Pick<Plan, 'inference'>,
): ModelRequest => ({
  model,
  region,
  api,
  system: question.system,
  question: question.question,
  maxTokens: question.maxTokens,
  inference: inference[model],
});

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

/** Stop reasons of what the deployed assistant, too, takes for no answer, and asks the next tier. */
const NO_ANSWER: readonly string[] = ['tool_use', 'malformed_model_output', 'malformed_tool_use'];

/**
 * @param price null: not known
 * @param startedAt epoch milliseconds
 */
function recordCall(
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
  const answer = {
    ...call,
    stopReason,
    ...usage,
    costUsd: price && usage ? costOf(price, usage) : null,
    ...(price && { worstUsd: worstCaseUsd(price, planned.question) }),
  };
  if (isBlank(text) || NO_ANSWER.includes(stopReason))
    return { ...answer, outcome: 'error', errorName: 'NoAnswer' };
  return { ...answer, ...(firstTextAt !== undefined && { ttftMs: firstTextAt - sentAt }), text };
}
