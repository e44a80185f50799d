/**
 * What API Gateway answers by itself, with the message it gives unless a gateway response says otherwise
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html). The types in
 * the header `x-amzn-ErrorType` are documented nowhere: MissingAuthenticationTokenException and that of
 * REQUEST_TOO_LARGE were seen in public, the others are believed.
 */
export const GATEWAY_ERRORS = {
  ACCESS_DENIED: {
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'AuthorizerConfigurationException',
    message: 'Internal server error',
  },
  AUTHORIZER_FAILURE: {
    status: 500,
    errorType: 'AuthorizerFailureException',
    message: 'Internal server error',
  },
  API_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
  },
  BAD_REQUEST_BODY: { status: 400, errorType: 'BadRequestException', message: 'Invalid request body' },
  // A proxy's backend that fails, or does not keep to the format: 502 by no type of its own, as has been seen.
  DEFAULT_5XX: {
    status: 502,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
  },
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
  INTEGRATION_FAILURE: {
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Network error communicating with endpoint',
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  REQUEST_TOO_LARGE: { status: 413, errorType: 'BadRequestException', message: 'Request Too Long' },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException', message: 'Too Many Requests' },
  UNAUTHORIZED: { status: 401, errorType: 'UnauthorizedException', message: 'Unauthorized' },
  WAF_FILTERED: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    errorType: 'UnsupportedMediaTypeException',
    message: 'Unsupported Media Type',
  },
} as const;

export type GatewayErrorType = keyof typeof GATEWAY_ERRORS;

/** Further types that a gateway response may name; nothing that is emulated raises them. */
export const OTHER_GATEWAY_RESPONSE_TYPES = [
  'BAD_REQUEST_PARAMETERS',
  'DEFAULT_4XX',
  'EXPIRED_TOKEN',
  'INVALID_SIGNATURE',
  'QUOTA_EXCEEDED',
  'RESOURCE_NOT_FOUND',
] as const;

/** Ends a request with a gateway response. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  /** @param reason for the execution log; callers see the gateway response only */
  constructor(
    readonly type: GatewayErrorType,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
