/** Everything that can go wrong with one call of a model. */
export type FailureClass =
  | 'throttled'
  | 'unavailable'
  | 'internal_error'
  | 'not_ready'
  | 'connection_failed'
  | 'connection_lost'
  | 'timeout'
  | 'stalled'
  | 'model_timeout'
  | 'model_error'
  | 'invalid_response'
  | 'model_not_found'
  | 'access_denied'
  | 'wrong_throughput'
  | 'misconfigured'
  | 'quota_exceeded'
  | 'request_rejected'
  | 'input_too_long'
  | 'content_filtered'
  | 'guardrail_intervened'
  | 'guardrail_throttled'
  | 'guardrail_unavailable'
  | 'guardrail_misconfigured'
  | 'no_answer'
  | 'budget_spent'
  | 'unfinished'
  | 'out_of_time'
  | 'abandoned'
  | 'unknown';

/** By type, never by status where there is a type: an exception in a stream comes after the status 200. */
const BY_EXCEPTION: Readonly<Record<string, FailureClass>> = {
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  ServiceUnavailableException: 'unavailable',
  InternalServerException: 'internal_error',
  ModelNotReadyException: 'not_ready',
  ModelTimeoutException: 'model_timeout',
  ModelErrorException: 'model_error',
  ModelStreamErrorException: 'model_error',
  ResourceNotFoundException: 'model_not_found',
  AccessDeniedException: 'access_denied',
  UnrecognizedClientException: 'access_denied',
  ExpiredTokenException: 'access_denied',
  // The SDK found none to sign with.
  CredentialsProviderError: 'access_denied',
  ServiceQuotaExceededException: 'quota_exceeded',
  // The SDK could not parse a body: malformed JSON, or a proxy's HTML.
  SyntaxError: 'invalid_response',
};

/**
 * What says nothing of the model, since it is said of the guardrail that the call names. How AWS words most of these is
 * not known; one that does not name it counts as the model's.
 */
const GUARDRAIL = /\bguardrails?\b|bedrock:ApplyGuardrail/i;
const GUARDRAIL_FAILURES: Readonly<Record<string, FailureClass | undefined>> = {
  ThrottlingException: 'guardrail_throttled',
  ServiceQuotaExceededException: 'guardrail_throttled',
  ServiceUnavailableException: 'guardrail_unavailable',
  InternalServerException: 'guardrail_unavailable',
  AccessDeniedException: 'guardrail_misconfigured',
  ResourceNotFoundException: 'guardrail_misconfigured',
};

const BY_STATUS: Readonly<Record<number, FailureClass | undefined>> = {
  403: 'access_denied',
  404: 'model_not_found',
  408: 'model_timeout',
  424: 'model_error',
  429: 'throttled',
  500: 'internal_error',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

interface CallError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

/**
 * A model that is given no tools, as here, has to be made to use one: a caller's doing, like `malformed_tool_use`.
 * https://github.com/langchain-ai/langchain-aws/issues/567
 */
const USE_OF_TOOLS = /^Model produced invalid sequence as part of ToolUse/i;

/** What the SDK's codec says of bytes that are no frames of a stream. */
const BROKEN_FRAME = /^(Truncated event message|The (message|prelude) checksum)/;

/** @param error what the SDK threw, before an answer began or in the middle of a stream */
export function classifyFailure(error: unknown): FailureClass {
  const { name = '', message = '', code = '', $metadata, $response } = (error ?? {}) as CallError;
  if (name === 'ValidationException') return classifyValidation(message);
  const ofGuardrail = GUARDRAIL_FAILURES[name];
  if (ofGuardrail && GUARDRAIL.test(message)) return ofGuardrail;
  const byException = Object.hasOwn(BY_EXCEPTION, name) ? BY_EXCEPTION[name] : undefined;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  // A page of HTML with an error's status is that error; with 200 it is no answer.
  if (byException === 'invalid_response') return BY_STATUS[status] ?? byException;
  if (byException === 'model_error' && USE_OF_TOOLS.test(message)) return 'no_answer';
  if (byException) return byException;
  if (BROKEN_FRAME.test(message)) return 'invalid_response';
  if (message.startsWith('aborted') || $response?.statusCode === 200) return 'connection_lost';
  if (CONNECTION_CODES.has(code) || name === 'TimeoutError') return 'connection_failed';
  // Of a type and a status that nobody knows, 4xx says that it is the request's fault, and so perhaps the caller's.
  return BY_STATUS[status] ?? (status >= 400 && status < 500 ? 'request_rejected' : 'unknown');
}

/**
 * Bedrock has one exception for the caller's fault and for ours; its wording tells them apart. Wordings are of models
 * in use and of public reports, but where it says that they are assumed. One that is in no row may be the caller's
 * doing, so it counts for nothing. A message may quote the caller's text, so what counts is told by how the message begins.
 */
const begins = (...wordings: readonly string[]): RegExp => new RegExp(`^(${wordings.join('|')})`, 'i');

/**
 * What a model's vendor has said comes as its text, or as the JSON that it said it in.
 * https://github.com/openclaw/openclaw/issues/73663
 */
function wordingOf(message: string): string {
  const text = message.replace(/^The model returned the following errors: */i, '');
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message : text;
  } catch {
    return text;
  }
}

/** `temperature`, "thinking.type.enabled", two such names, or a model's. */
const NAMES = '([`"][\\w.]{1,64}[`"]|[\\w.:-]{1,100})( (and|or) `?[\\w.]{1,64}`?)?';

const THE_MODEL = "(the|this) model( that you are using)? (doesn['’]t support";

/**
 * What names the caller's part of the request, or what it is made of, its `history` included; not "malformed input
 * request", "your input" alone, nor the kind of a parameter of ours, "input tag".
 */
const OF_THE_QUESTION = new RegExp(
  `(?<!\\b(system|malformed|malformed input|your) |[\\w-])(${[
    'messages?|contents?|prompts?|questions?|inputs?(?! tag)|texts?|languages?|requests?|guard_?content|(content ?)?blocks?',
    'conversations?|history|(multi-?)?turns?|dialog(ue)?s?|chats?|roles?|assistants?|users?|(over|above|beyond) [\\d,]+k? tokens',
  ].join('|')})(?![\\w-])`,
  'i',
);

const VALIDATIONS: readonly (readonly [RegExp, FailureClass])[] = [
  [
    /too long|too many (input )?tokens|too many total text bytes|expected maxlength: \d+, actual: \d+|maximum context|context (window|length)|exceed(s|ed)? (the )?(context limit|max(imum)? (number of )?(input )?tokens)|input tokens exceeded/i,
    'input_too_long',
  ],
  [
    /content filter|content management policy|content policy|blocked by .{0,40}(guardrail|filter)/i,
    'content_filtered',
  ],
  [
    begins('the guardrail identifier or version', 'the provided guardrail (identifier|version)'),
    'guardrail_misconfigured',
  ],
  [begins('invocation of (this )?model id( \\S+)? with on-demand throughput'), 'wrong_throughput'],
  [
    begins(
      'the provided model identifier is invalid',
      "this action doesn['’]t support the model that you provided",
      '(the|this) model( version)?( \\S+)? (has )?reache[ds] (the )?end of (its )?life',
    ),
    'model_not_found',
  ],
  [begins('operation not allowed'), 'access_denied'],
  [
    begins(
      `${THE_MODEL})`,
      `${NAMES} (is|are) (deprecated|not supported) for this model`,
      `${NAMES} cannot both be specified`,
      // A model's own parameters are ours alone. https://github.com/strands-agents/harness-sdk/issues/1856
      '(thinking|output_config)[\\w.]*: ',
      // Of OpenAI's models; that they say so here as well is assumed.
      'unsupported (parameter|value)',
      'malformed input request: (#\\S*: )?extraneous key \\[\\w+\\]',
      'malformed input request: #\\S*max_?tokens:',
      'the maximum tokens you requested',
      'max_?tokens: \\d+',
      "\\d+ validation errors? detected: value '\\d+' at 'inferenceConfig\\.maxTokens'",
      "data retention mode '\\w+'",
    ),
    'misconfigured',
  ],
];

function classifyValidation(message: string): FailureClass {
  const wording = wordingOf(message);
  const failure = VALIDATIONS.find(([pattern]) => pattern.test(wording))?.[1] ?? 'request_rejected';
  return failure === 'misconfigured' && OF_THE_QUESTION.test(wording) ? 'request_rejected' : failure;
}

/** “Is unsupported for streaming” is known of models; the other is assumed. */
const STREAMING_REFUSED = begins(`${THE_MODEL}|is unsupported).{0,40}stream`);

/** Whether a model was refused because it does not stream: then Converse is the way to call it. */
export function isStreamingRefused(error: unknown): boolean {
  const { name = '', message = '' } = (error ?? {}) as CallError;
  return name === 'ValidationException' && STREAMING_REFUSED.test(wordingOf(message));
}
