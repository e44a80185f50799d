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

/**
 * The one table of reactions. A model that stays silent, or drips, has had its time: no second try on it. What
 * repeats identically (end of life, access, a rejected request) is not tried again but told to the operators.
 */
export const REACTIONS: Readonly<Record<FailureClass, Reaction>> = {
  throttled: row(1, 'fall_back', true, false, 'ThrottlingException, 429'),
  unavailable: row(1, 'fall_back', true, false, 'ServiceUnavailableException, 502, 503 or 504'),
  internal_error: row(1, 'fall_back', true, false, 'InternalServerException, 500'),
  not_ready: row(1, 'fall_back', true, false, 'ModelNotReadyException'),
  connection_failed: row(
    1,
    'fall_back',
    true,
    false,
    'refused, not resolved, or reset before the first byte',
  ),
  connection_lost: row(0, 'fall_back', true, false, 'cut off in the middle of the response'),
  timeout: row(
    0,
    'fall_back',
    true,
    false,
    'no complete response within the tier’s time (silent, slow or dripping)',
  ),
  model_timeout: row(0, 'fall_back', true, false, 'ModelTimeoutException, 408'),
  model_error: row(0, 'fall_back', true, false, 'ModelErrorException, 424'),
  invalid_response: row(0, 'fall_back', true, false, 'not JSON, no text, or malformed model output'),
  model_not_found: row(
    0,
    'fall_back',
    true,
    true,
    'ResourceNotFoundException: end of life, or no such model',
  ),
  access_denied: row(0, 'fall_back', true, true, 'AccessDeniedException, or credentials refused'),
  wrong_throughput: row(
    0,
    'fall_back',
    true,
    true,
    'ValidationException: on-demand throughput not supported',
  ),
  quota_exceeded: row(0, 'fall_back', true, true, 'ServiceQuotaExceededException'),
  request_rejected: row(
    0,
    'fall_back',
    false,
    true,
    'any other ValidationException: our configuration is at fault',
  ),
  input_too_long: row(
    0,
    'larger_model',
    false,
    false,
    'ValidationException: the input exceeds the context window',
  ),
  unknown: row(0, 'fall_back', true, true, 'anything else'),
};

function row(
  retries: Reaction['retries'],
  then: Reaction['then'],
  counts: boolean,
  alarms: boolean,
  meaning: string,
): Reaction {
  return { retries, then, counts, alarms, meaning };
}

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
