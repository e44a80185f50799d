import type { FailureClass } from '../../contract/bedrock-failures';
import type { CallOutcome } from './circuit/circuit-breaker';

/** What one failure leads to. */
export interface Reaction {
  /** Further attempts on the same model, inside the tier's deadline. */
  readonly retries: 0 | 1;
  /**
   * `next_tier`: it is due. `larger_model`: only if its context window is larger, else 400. `answer`: it is a result,
   * and said to the caller. `nothing`: nobody is there to be told.
   */
  readonly then: 'next_tier' | 'larger_model' | 'answer' | 'nothing';
  /**
   * Who can bring it about; what a caller can bring about by a question never counts as bad. `load`: the region itself,
   * or callers by how much they ask. It counts, since calls are in vain, but moves nobody: whoever moved such callers
   * would move their load.
   */
  readonly cause: 'service' | 'configuration' | 'caller' | 'load';
  /** What it says to the circuit breaker of the model. */
  readonly counts: CallOutcome;
  /** Whether somebody has to act: it does not pass by itself. */
  readonly alarms: boolean;
  readonly meaning: string;
}

/** A trouble of the moment: another try may help. */
const TRANSIENT = {
  retries: 1,
  then: 'next_tier',
  cause: 'service',
  counts: 'bad',
  alarms: false,
} as const;

/** A model that stays silent, drips or fails in mid-answer has had its time: no second try on it. */
const HAD_ITS_TIME = { ...TRANSIENT, retries: 0 } as const;

/** What repeats identically for everybody is not tried again, but told to the operators. */
const PERMANENT = { ...HAD_ITS_TIME, cause: 'configuration', alarms: true } as const;

/** What a question can bring about says nothing about the model. */
const BY_CALLER = { ...HAD_ITS_TIME, cause: 'caller', counts: 'void' } as const;

/**
 * The model has ended its answer, if without a word for the caller: it serves. Else who asks it for nothing, again and
 * again, could keep an open circuit from closing.
 */
const NOTHING_SAID = { ...BY_CALLER, counts: 'good' } as const;

/** The one table of reactions. */
export const REACTIONS: Readonly<Record<FailureClass, Reaction>> = {
  throttled: { ...TRANSIENT, cause: 'load', meaning: 'ThrottlingException, 429' },
  unavailable: { ...TRANSIENT, meaning: 'ServiceUnavailableException, 502, 503 or 504' },
  internal_error: { ...TRANSIENT, meaning: 'InternalServerException, 500' },
  not_ready: { ...TRANSIENT, meaning: 'ModelNotReadyException' },
  connection_failed: { ...TRANSIENT, meaning: 'refused, not resolved, or reset before the first byte' },
  connection_lost: { ...HAD_ITS_TIME, meaning: 'cut off in the middle of the response' },
  timeout: { ...HAD_ITS_TIME, meaning: 'no sign of life in time: silent, or a drip of bytes' },
  stalled: { ...HAD_ITS_TIME, meaning: 'silent in the middle of its answer' },
  model_timeout: { ...HAD_ITS_TIME, meaning: 'ModelTimeoutException, 408' },
  model_error: { ...HAD_ITS_TIME, meaning: 'ModelErrorException, ModelStreamErrorException, 424' },
  invalid_response: { ...HAD_ITS_TIME, meaning: 'not the protocol: no JSON, a page of HTML, a broken frame' },
  model_not_found: {
    ...PERMANENT,
    meaning: 'ResourceNotFoundException, or an invalid identifier: end of life, or no such model',
  },
  access_denied: {
    ...PERMANENT,
    meaning: 'AccessDeniedException, credentials refused or not found, or “Operation not allowed”',
  },
  wrong_throughput: { ...PERMANENT, meaning: 'ValidationException: on-demand throughput not supported' },
  misconfigured: {
    ...PERMANENT,
    meaning: 'ValidationException: a parameter that the model does not take, or too high a maxTokens',
  },
  quota_exceeded: { ...PERMANENT, cause: 'load', meaning: 'ServiceQuotaExceededException' },
  request_rejected: {
    ...BY_CALLER,
    alarms: true,
    meaning: 'any other ValidationException: the question’s fault, or the configuration’s',
  },
  input_too_long: {
    ...BY_CALLER,
    then: 'larger_model',
    meaning: 'ValidationException: the input exceeds the context window',
  },
  content_filtered: {
    ...BY_CALLER,
    then: 'answer',
    // The filter looks at a question as a part of serving it: what it says, a model that is away does not.
    counts: 'alive',
    meaning: 'ValidationException: a content filter stepped in',
  },
  guardrail_intervened: {
    ...BY_CALLER,
    then: 'answer',
    meaning: 'stop reason `guardrail_intervened`, and no token of the model: it was not asked',
  },
  guardrail_throttled: {
    ...BY_CALLER,
    retries: 1,
    cause: 'load',
    meaning: 'ThrottlingException or ServiceQuotaExceededException that names the guardrail',
  },
  guardrail_unavailable: {
    ...TRANSIENT,
    counts: 'void',
    meaning: 'ServiceUnavailableException or InternalServerException that names the guardrail',
  },
  guardrail_misconfigured: {
    ...PERMANENT,
    counts: 'void',
    meaning: 'the guardrail is not there, or may not be applied: nothing is answered without it',
  },
  no_answer: {
    ...NOTHING_SAID,
    meaning: 'complete, without a visible character or with a stop reason of no answer',
  },
  budget_spent: {
    ...NOTHING_SAID,
    alarms: true,
    meaning: 'the token limit reached by thinking alone: no visible character',
  },
  unfinished: {
    ...BY_CALLER,
    counts: 'alive',
    meaning:
      'still at it when the time was up: no text, perhaps thinking, or a whole one is wanted; or kept waiting by its caller',
  },
  out_of_time: {
    ...BY_CALLER,
    meaning:
      'too little of the tier’s time left to begin or to tell silence; called without streaming; or silent over a long conversation',
  },
  abandoned: {
    ...BY_CALLER,
    then: 'nothing',
    meaning: 'the caller has left while the answer was streamed; or it was to go on with one, and did not',
  },
  unknown: { ...PERMANENT, cause: 'service', meaning: 'anything else' },
};

/** Who can bring a tier's failure about, where it is one of a model. */
export const causeOf = (failure: string): Reaction['cause'] | undefined =>
  (REACTIONS as Readonly<Record<string, Reaction | undefined>>)[failure]?.cause;

/** What a model's stop reason makes of its answer; one that is not listed is passed on as it is. */
export type StopReading =
  /** The text is the answer. */
  | 'answer'
  /** The text was cut: it is returned, and `stopReason` says so. */
  | 'cut'
  /** A filter stepped in, or the model refused: a result, returned as such, even without a text. */
  | 'filtered'
  /** As the failure `no_answer`. */
  | 'no_answer';

/** Every stop reason that Converse has, and ours. We offer no tools, so that a wish for one is no answer. */
export const STOP_REASONS: Readonly<Record<string, StopReading | undefined>> = {
  end_turn: 'answer',
  stop_sequence: 'answer',
  max_tokens: 'cut',
  model_context_window_exceeded: 'cut',
  deadline: 'cut',
  size_limit: 'cut',
  content_filtered: 'filtered',
  guardrail_intervened: 'filtered',
  refusal: 'filtered',
  tool_use: 'no_answer',
  malformed_model_output: 'no_answer',
  malformed_tool_use: 'no_answer',
};
