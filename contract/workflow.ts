import type { ErrorAnswer, HealthAnswer, DegradedAnswer, ModelAnswer } from './api';

export type Source = 'caller' | 'canary';

/** What the API, or the canary, hands to the state machine. */
export interface QuestionInput {
  readonly kind: 'question';
  /** Who asks: traffic figures are of callers alone. */
  readonly source: Source;
  /** The caller's name, as the authorizer knows it; empty where anybody may ask, and for the canary. */
  readonly caller: string;
  /** How many the caller may use on a day, in digits; empty where there is no limit. */
  readonly tokensPerDay: string;
  readonly requestId: string;
  /** The caller's body as it came, not parsed: only our own code can name the field at fault. */
  readonly body: string;
  /** The body was longer than MAX_ESCAPED_BODY, and was left out. */
  readonly bodyTooLarge: boolean;
}

export interface HealthInput {
  /** `health` is asked by people, and decides nothing; `probe` by Route 53, which has a function to itself. */
  readonly kind: 'health' | 'probe';
  readonly requestId: string;
}

/** What the state machine hands to the functions of the primary and the fallback tier. */
export interface TierEvent extends Omit<QuestionInput, 'kind'> {
  /** ISO 8601 start of the execution: every deadline counts from here. */
  readonly startedAt: string;
  /** The tier before has let the request in, and what that has used is counted: it is not refused for it. */
  readonly isAdmitted?: boolean;
}

/** Of a request, who asks it. */
export type Asker = Pick<TierEvent, 'source' | 'caller' | 'tokensPerDay' | 'requestId'>;

/** What the API sends: the state machine's output. */
export interface ApiResponse {
  readonly status: number;
  /** JSON text: mapping templates can copy a string, but cannot write JSON. */
  readonly body: string;
  /** Seconds, for the header `Retry-After`. */
  readonly retryAfter?: number;
}

/** A tier has the response, or says why it has none and the next tier is due. */
export type TierOutcome = { readonly response: ApiResponse } | { readonly unanswered: Unanswered };

export interface Unanswered {
  readonly reason: string;
  /** From the rules that the tier had, so that the degraded answer needs no AppConfig. */
  readonly maintenanceMessage?: string;
  /** Whole seconds, one at the least, after which the state machine gives up on a next tier that does not end itself. */
  readonly secondsLeft: number;
}

/** A tier's place in the execution: its outcome, or the state machine's word that its function failed. */
export type TierResult = { readonly payload: TierOutcome } | { readonly Error: string };

/**
 * What Step Functions says of a function for which no concurrency was left. Callers can bring that about, so it says
 * nothing of a region: whoever moved them would move their load.
 */
export const FUNCTION_THROTTLED = 'Lambda.TooManyRequestsException';

export interface DegradationEvent {
  readonly source: Source;
  readonly requestId: string;
  readonly primary: TierResult;
  readonly fallback: TierResult;
}

/** @param body what the caller reads */
export function apiResponse(
  status: number,
  body: ModelAnswer | DegradedAnswer | ErrorAnswer | HealthAnswer,
  retryAfter?: number,
): ApiResponse {
  return { status, body: JSON.stringify(body), ...(retryAfter === undefined ? {} : { retryAfter }) };
}
