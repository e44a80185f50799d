import { error, type FaultEffect, type StreamFate } from './effects';

/*
 * What can go wrong with each service: a mode's name, and what becomes of the request that it hits. How a service answers
 * under an effect is its own affair.
 */

type Modes = Record<string, FaultEffect>;

/** The beginning of the message and some of its text. */
const EVENTS = 3;

const after = <Fate extends StreamFate>(fate: Fate) => ({ kind: 'stream', events: EVENTS, fate }) as const;

/**
 * The ways in which a stream of Bedrock fails that has begun well; they leave Converse alone. Exceptions are those of
 * the Bedrock API reference (`API_runtime_ConverseStreamOutput`).
 */
const STREAM_MODES = {
  stream_error: after({
    type: 'modelStreamErrorException',
    message: 'An error occurred while streaming the response. Retry your request.',
  }),
  stream_internal_error: after({
    type: 'internalServerException',
    message: 'The system encountered an unexpected error during processing. Try your request again.',
  }),
  stream_throttle: after({
    type: 'throttlingException',
    message: 'Too many requests, please wait before trying again.',
  }),
  stream_unavailable: after({
    type: 'serviceUnavailableException',
    message: 'Bedrock is unable to process your request.',
  }),
  stream_validation: after({
    type: 'validationException',
    message: 'Malformed input request, please reformat your input and try again.',
  }),
  stream_silence: after('silence'),
  stream_end: after('end'),
  stream_corrupt: after('corrupt'),
} as const satisfies Modes;

/** What a model that AWS has retired answers; a real retirement and an injected one read the same. */
export const END_OF_LIFE_MESSAGE =
  'This model version has reached the end of its life. Please refer to the AWS documentation for more details.';

/** What a model answers to more than its context window holds, whether it does or a fault says so. */
export const TOO_LONG_MESSAGE =
  'The model returned the following errors: Input is too long for requested model.';

/** What names a guardrail, or a version of one, that does not exist. */
export const GUARDRAIL_MISSING_MESSAGE =
  'The guardrail identifier or version provided in the request does not exist.';

const validation = (message: string) => error(400, 'ValidationException', message);

/**
 * The ways in which a call of a model fails. Statuses and messages of exceptions are those of the Bedrock API
 * reference (`API_runtime_Converse`, Errors).
 */
const BEDROCK_MODES = {
  error: error(
    500,
    'InternalServerException',
    'The system encountered an unexpected error during processing. Try your request again.',
  ),
  throttle: {
    ...error(429, 'ThrottlingException', 'Too many requests, please wait before trying again.'),
    retryAfter: undefined,
  },
  unavailable: error(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'),
  not_ready: error(
    429,
    'ModelNotReadyException',
    'The model specified in the request is not ready to serve inference requests.',
  ),
  model_error: error(
    424,
    'ModelErrorException',
    'The request failed due to an error while processing the model.',
  ),
  model_timeout: error(
    408,
    'ModelTimeoutException',
    'The request took too long to process. Processing time exceeded the model timeout length.',
  ),
  eol: error(404, 'ResourceNotFoundException', END_OF_LIFE_MESSAGE),
  denied: error(
    403,
    'AccessDeniedException',
    "You don't have access to the model with the specified model ID.",
  ),
  quota: error(
    400,
    'ServiceQuotaExceededException',
    'Your request exceeds the service quota for your account.',
  ),
  validation: validation('Malformed input request, please reformat your input and try again.'),
  too_long: validation(TOO_LONG_MESSAGE),
  wrong_throughput: validation(
    'Invocation of this model ID with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
  ),
  unsupported_field: validation("This model doesn't support the system field. Remove system and try again."),
  filter_refused: validation('Your request was blocked by our content filters.'),
  /** what AWS may invent tomorrow */
  unknown: error(520, 'UnheardOfException', 'This error is not in any documentation.'),
  timeout: { kind: 'silence' },
  reset: { kind: 'reset' },
  reset_mid_body: { kind: 'cut' },
  /** long enough to be seen, short enough to sit through */
  slow: { kind: 'delay', ms: 2000 },
  drip: { kind: 'drip', ms: 100 },
  malformed: { kind: 'body', contentType: 'application/json', body: '{"output":{"message":{"role":"assist' },
  html: {
    kind: 'body',
    contentType: 'text/html',
    body: '<!DOCTYPE html><html><body><h1>Sign in to the network</h1></body></html>',
  },
  empty: { kind: 'answer', stopReason: 'end_turn', text: '' },
  blank: { kind: 'answer', stopReason: 'end_turn', text: ' \n' },
  /** a model that thinks until its token limit, and says nothing */
  budget_spent: { kind: 'answer', stopReason: 'max_tokens', text: '' },
  truncated_answer: { kind: 'answer', stopReason: 'max_tokens' },
  filtered: { kind: 'answer', stopReason: 'content_filtered', text: '' },
  /** a guardrail's default message for what it blocks */
  guardrail: {
    kind: 'answer',
    stopReason: 'guardrail_intervened',
    text: 'Sorry, the model cannot answer this question.',
  },
  /** as public reports have it; how AWS words its throttling and its outages is not known */
  guardrail_missing: validation(GUARDRAIL_MISSING_MESSAGE),
  guardrail_denied: error(
    403,
    'AccessDeniedException',
    'User is not authorized to perform: bedrock:ApplyGuardrail on this resource.',
  ),
  guardrail_throttle: error(429, 'ThrottlingException', 'Too many requests for this guardrail.'),
  guardrail_unavailable: error(503, 'ServiceUnavailableException', 'The guardrail is unavailable.'),
  malformed_output: { kind: 'answer', stopReason: 'malformed_model_output' },
  ...STREAM_MODES,
} as const satisfies Modes;

/** The ways in which a call of DynamoDB fails: the developer guide's "Error handling with DynamoDB". */
const DYNAMODB_MODES = {
  error: error(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal server error'),
  /** what a PAY_PER_REQUEST table answers that has not scaled yet; a provisioned one names another exception */
  throttle: error(
    400,
    'com.amazon.coral.availability#ThrottlingException',
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
  ),
  /** the port still accepts connections */
  down: { kind: 'reset' },
  timeout: { kind: 'silence' },
  /** a hundred times what DynamoDB needs */
  slow: { kind: 'delay', ms: 500 },
} as const satisfies Modes;

/** What a global table's replicas lose: what is written here is not sent, and what is sent is not received. */
const REPLICATION_MODES = { cut: { kind: 'silence' } } as const satisfies Modes;

/** AppConfig's data plane. */
const APPCONFIG_MODES = {
  down: { kind: 'reset' },
  error: error(500, 'InternalServerException', 'There was an internal failure in the service.'),
  slow: { kind: 'delay', ms: 3_000 },
} as const satisfies Modes;

/** Lambda: functions are not invoked, since it fails or no concurrency is left, or late, or are never heard of again. */
const LAMBDA_MODES = {
  down: error(500, 'ServiceException', 'The Lambda service encountered an internal error.'),
  throttle: error(429, 'TooManyRequestsException', 'Rate Exceeded.'),
  slow: { kind: 'delay', ms: 5_000 },
  timeout: { kind: 'silence' },
} as const satisfies Modes;

/** Step Functions: executions do not start, since it fails or is asked for too many at once, or start late. */
const WORKFLOW_MODES = {
  down: error(500, 'InternalServerError', 'An internal error occurred.'),
  throttle: error(400, 'ThrottlingException', 'Rate exceeded'),
  slow: { kind: 'delay', ms: 5_000 },
} as const satisfies Modes;

const API_MODES = {
  error: error(500, 'InternalServerErrorException', 'Internal server error'),
  down: { kind: 'reset' },
} as const satisfies Modes;

/** One of Route 53's health checkers sees no endpoint any more. */
const CHECKER_MODES = { lost: { kind: 'reset' } } as const satisfies Modes;

/** The whole region: nothing of it answers, and no execution starts, a schedule's neither. */
const REGION_MODES = { down: { kind: 'reset' } } as const satisfies Modes;

/** Amazon S3 API reference, "Error responses". */
const S3_MODES = {
  error: error(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  throttle: error(503, 'SlowDown', 'Please reduce your request rate.'),
  slow: { kind: 'delay', ms: 2_000 },
} as const satisfies Modes;

/** Bedrock's control plane (`CommonErrors` of the Bedrock API reference), and the jobs that it runs. */
const CUSTOMIZATION_MODES = {
  error: error(500, 'InternalServerException', 'An internal server error occurred. Retry your request.'),
  throttle: error(
    429,
    'ThrottlingException',
    'The number of requests exceeds the limit. Resubmit your request later.',
  ),
  slow: { kind: 'delay', ms: 2_000 },
  'job-failed': {
    kind: 'job',
    failureMessage: 'The customization job failed because of an internal error. Start the job again.',
  },
} as const satisfies Modes;

/** The services of the stack mlops, which play no part in a region's answers. */
const MLOPS_MODES = { s3: S3_MODES, customization: CUSTOMIZATION_MODES } as const;

/** The modes of each target. */
export const FAULT_MODES = {
  bedrock: BEDROCK_MODES,
  dynamodb: DYNAMODB_MODES,
  replication: REPLICATION_MODES,
  appconfig: APPCONFIG_MODES,
  lambda: LAMBDA_MODES,
  workflow: WORKFLOW_MODES,
  api: API_MODES,
  region: REGION_MODES,
  checker: CHECKER_MODES,
  ...MLOPS_MODES,
} as const;

export type FaultTarget = keyof typeof FAULT_MODES;
export type FaultMode = { [Target in FaultTarget]: keyof (typeof FAULT_MODES)[Target] }[FaultTarget];

/** Whether a target is in the stack mlops alone, not in the two regions. */
export const isInMlops = (target: string): boolean => Object.hasOwn(MLOPS_MODES, target);

/** The effect of a mode on a target; undefined when the target knows no such mode. */
export function effectOf(target: FaultTarget, mode: string): FaultEffect | undefined {
  return effects(target).get(mode);
}

/** The modes of a target whose effect has a field. */
export function modesWith(target: FaultTarget, field: string): string[] {
  return [...effects(target)].filter(([, effect]) => Object.hasOwn(effect, field)).map(([mode]) => mode);
}

const effects = (target: FaultTarget): ReadonlyMap<string, FaultEffect> =>
  new Map(Object.entries(FAULT_MODES[target]));
