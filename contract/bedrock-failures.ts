/** Everything that can go wrong with one call of a model. */
export type FailureClass =
  | 'throttled'
  | 'unavailable'
  | 'internal_error'
  | 'not_ready'
  | 'connection_failed'
  | 'connection_lost'
  | 'timeout'
  | 'model_timeout'
  | 'model_error'
  | 'invalid_response'
  | 'model_not_found'
  | 'access_denied'
  | 'wrong_throughput'
  | 'quota_exceeded'
  | 'request_rejected'
  | 'input_too_long'
  | 'unknown';

/** The response was complete and no answer. */
export class InvalidResponseError extends Error {
  override readonly name = 'InvalidResponseError';
}

const BY_EXCEPTION: Readonly<Record<string, FailureClass>> = {
  ThrottlingException: 'throttled',
  TooManyRequestsException: 'throttled',
  ServiceUnavailableException: 'unavailable',
  InternalServerException: 'internal_error',
  ModelNotReadyException: 'not_ready',
  ModelTimeoutException: 'model_timeout',
  ModelErrorException: 'model_error',
  ResourceNotFoundException: 'model_not_found',
  AccessDeniedException: 'access_denied',
  UnrecognizedClientException: 'access_denied',
  ExpiredTokenException: 'access_denied',
  ServiceQuotaExceededException: 'quota_exceeded',
  InvalidResponseError: 'invalid_response',
  // The SDK could not parse a body: malformed JSON, or a proxy's HTML.
  SyntaxError: 'invalid_response',
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
 * @param error what the SDK threw
 * @param timedOut whether the tier's time was up: an aborted call shows in many forms
 */
export function classifyFailure(error: unknown, timedOut: boolean): FailureClass {
  if (timedOut) return 'timeout';
  const { name = '', message = '', code = '', $metadata, $response } = (error ?? {}) as CallError;
  if (name === 'ValidationException') return classifyValidation(message);
  const byException = Object.hasOwn(BY_EXCEPTION, name) ? BY_EXCEPTION[name] : undefined;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  // A page of HTML with an error's status is that error; with 200 it is no answer.
  if (byException === 'invalid_response') return BY_STATUS[status] ?? byException;
  if (byException) return byException;
  if (message.startsWith('aborted') || $response?.statusCode === 200) return 'connection_lost';
  if (CONNECTION_CODES.has(code) || name === 'TimeoutError') return 'connection_failed';
  return BY_STATUS[status] ?? 'unknown';
}

/** Bedrock has one exception for the caller's fault and for ours; its wording tells them apart. */
function classifyValidation(message: string): FailureClass {
  if (
    /too long|too many (input )?tokens|maximum context|context (window|length)|exceeds? the max(imum)? (number of )?(input )?tokens/i.test(
      message,
    )
  ) {
    return 'input_too_long';
  }
  return /on-demand throughput/i.test(message) ? 'wrong_throughput' : 'request_rejected';
}
