import { apiResponse, type TierEvent, type TierOutcome } from '../../contract/workflow';
import { admit } from './admit';
import { askTier, type ModelTier } from './ask-tier';
import { fitAnswer } from './fit-answer';
import { isRefusal, parseRequest } from './parse-request';

/** A tier that is a state of the state machine. */
export interface WorkflowTier extends ModelTier {
  /** Milliseconds after the execution's start at which the last tier must have ended. */
  readonly lastDeadlineMs: number;
}

/**
 * Answers one request with the model that its type's rule names for this tier, as the state machine takes it.
 * @returns the response, or why the next tier is due; rejects only on a fault of our own
 */
export async function answerWithModel(model: WorkflowTier, event: TierEvent): Promise<TierOutcome> {
  const began = Date.now();
  const { tier, region, log } = model;
  const { requestId } = event;
  const request = parseRequest(event);
  if (isRefusal(request)) {
    log('INFO', 'request_refused', { requestId, status: request.status, code: request.error.code });
    return { response: apiResponse(request.status, { error: request.error, requestId }) };
  }
  const admitted = await admit(model, event, request, event.isAdmitted);
  if (isRefusal(admitted)) {
    const { status, error, retryAfterSeconds } = admitted;
    return { response: apiResponse(status, { error, requestId }, retryAfterSeconds) };
  }
  const deadline = tierDeadline(model, event.startedAt, began);
  const answer = await askTier(model, { asker: event, request, admitted, deadline });
  // Before the answer: Lambda freezes an instance that has answered.
  const counted = admitted.count(answer.used);
  if ('reply' in answer) {
    answer.count();
    const { text, stopReason, usage } = answer.reply;
    const { model: modelId, context } = answer;
    const { startedAt: at } = event;
    const said = { question: request.question, answer: text, stopReason, at, requestId };
    const conversation = await model.conversations.keep(admitted.before, event.caller, said);
    await counted;
    const from = { model: modelId, tier, degraded: false, region, requestId } as const;
    const told = { ...(context && { context }), ...(conversation && { conversation }) };
    return { response: fitAnswer({ answer: text, ...from, stopReason, usage, ...told }, event) };
  }
  await counted;
  const { failure, tooLong } = answer;
  if (tooLong !== undefined) return { response: apiResponse(400, { error: tooLong, requestId }) };
  const { maintenanceMessage } = admitted;
  return {
    unanswered: {
      reason: failure,
      secondsLeft: secondsLeft(model, event.startedAt),
      ...(maintenanceMessage && { maintenanceMessage }),
    },
  };
}

/** Counted from the execution's start, but never longer from now than a tier may take on a clock that is late. */
function tierDeadline({ deadlineMs }: ModelTier, startedAt: string, now: number): number {
  return Math.min(Date.parse(startedAt), now) + deadlineMs;
}

/** Milliseconds that a tier which has ended itself at its deadline may take until the state machine hears of it. */
const HEARD_MS = 250;

function secondsLeft({ lastDeadlineMs }: WorkflowTier, startedAt: string): number {
  const leftMs = Date.parse(startedAt) + lastDeadlineMs + HEARD_MS - Date.now();
  return Math.max(1, Math.ceil(leftMs / 1_000));
}
