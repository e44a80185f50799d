import type { FailureClass } from '../../contract/bedrock-failures';

/** What one failure leads to. */
export interface Reaction {
  /** Further attempts on the same model, inside the tier's deadline. */
  readonly retries: 0 | 1;
  /** `fall_back`: the next tier is due. `larger_model`: only if its context window is larger, else 400. */
  readonly then: 'fall_back' | 'larger_model';
  /** Whether it says that the model is ill, which the circuit breaker counts. */
  readonly counts: boolean;
  /** Whether somebody has to act: it does not pass by itself. */
  readonly alarms: boolean;
  readonly meaning: string;
}

/** A trouble of the moment: another try may help. */
const TRANSIENT = { retries: 1, then: 'fall_back', counts: true, alarms: false } as const;

/** A model that stays silent, drips or fails in mid-answer has had its time: no second try on it. */
const HAD_ITS_TIME = { ...TRANSIENT, retries: 0 } as const;

/** What repeats identically is not tried again, but told to the operators. */
const PERMANENT = { retries: 0, then: 'fall_back', counts: true, alarms: true } as const;

/** The one table of reactions. */
export const REACTIONS: Readonly<Record<FailureClass, Reaction>> = {
  throttled: { ...TRANSIENT, meaning: 'ThrottlingException, 429' },
  unavailable: { ...TRANSIENT, meaning: 'ServiceUnavailableException, 502, 503 or 504' },
  internal_error: { ...TRANSIENT, meaning: 'InternalServerException, 500' },
  not_ready: { ...TRANSIENT, meaning: 'ModelNotReadyException' },
  connection_failed: { ...TRANSIENT, meaning: 'refused, not resolved, or reset before the first byte' },
  connection_lost: { ...HAD_ITS_TIME, meaning: 'cut off in the middle of the response' },
  timeout: {
    ...HAD_ITS_TIME,
    meaning: 'no complete response within the tier’s time (silent, slow or dripping)',
  },
  model_timeout: { ...HAD_ITS_TIME, meaning: 'ModelTimeoutException, 408' },
  model_error: { ...HAD_ITS_TIME, meaning: 'ModelErrorException, 424' },
  invalid_response: { ...HAD_ITS_TIME, meaning: 'not JSON, no text, or malformed model output' },
  model_not_found: { ...PERMANENT, meaning: 'ResourceNotFoundException: end of life, or no such model' },
  access_denied: { ...PERMANENT, meaning: 'AccessDeniedException, or credentials refused' },
  wrong_throughput: { ...PERMANENT, meaning: 'ValidationException: on-demand throughput not supported' },
  quota_exceeded: { ...PERMANENT, meaning: 'ServiceQuotaExceededException' },
  request_rejected: {
    ...PERMANENT,
    counts: false,
    meaning: 'any other ValidationException: our configuration is at fault',
  },
  input_too_long: {
    retries: 0,
    then: 'larger_model',
    counts: false,
    alarms: false,
    meaning: 'ValidationException: the input exceeds the context window',
  },
  unknown: { ...PERMANENT, meaning: 'anything else' },
};

/** What a model's stop reason makes of its answer; one that is not listed is passed on as it is. */
export type StopReading =
  /** The text is the answer. */
  | 'answer'
  /** The text was cut: it is returned, and `stopReason` says so. */
  | 'cut'
  /** A filter stepped in: a result, returned as such, even without a text. */
  | 'filtered'
  /** No answer: counts as `invalid_response`. */
  | 'no_answer';

/** Every stop reason that Converse has. We offer no tools, so that a wish for one is no answer. */
export const STOP_REASONS: Readonly<Record<string, StopReading | undefined>> = {
  end_turn: 'answer',
  stop_sequence: 'answer',
  max_tokens: 'cut',
  model_context_window_exceeded: 'cut',
  content_filtered: 'filtered',
  guardrail_intervened: 'filtered',
  tool_use: 'no_answer',
  malformed_model_output: 'no_answer',
  malformed_tool_use: 'no_answer',
};
