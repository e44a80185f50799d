import { InvalidResponseError, type FailureClass } from '../../contract/bedrock-failures';

export const exception = (name: string, message = '') => Object.assign(new Error(message), { name });
const transport = (code: string, message = '') => Object.assign(new Error(message), { code });
const status = (httpStatusCode: number, name = 'SomeNewException') =>
  Object.assign(exception(name), { $metadata: { httpStatusCode } });

/** One example at least of everything that the SDK throws, by the row of the table that it belongs to. */
export const EXAMPLES: readonly (readonly [FailureClass, string, unknown])[] = [
  ['throttled', 'ThrottlingException', exception('ThrottlingException')],
  ['throttled', 'an unknown 429', status(429)],
  ['unavailable', 'ServiceUnavailableException', exception('ServiceUnavailableException')],
  ['unavailable', 'a proxy’s 502', status(502)],
  [
    'unavailable',
    'an HTML page with 503',
    Object.assign(new SyntaxError('<'), { $response: { statusCode: 503 } }),
  ],
  ['internal_error', 'InternalServerException', exception('InternalServerException')],
  ['not_ready', 'ModelNotReadyException', exception('ModelNotReadyException')],
  ['connection_failed', 'connection refused', transport('ECONNREFUSED')],
  ['connection_failed', 'a reset before the first byte', transport('ECONNRESET', 'socket hang up')],
  ['connection_failed', 'no connection in time', exception('TimeoutError')],
  [
    'connection_lost',
    'a reset in the middle of the body',
    transport('ECONNRESET', 'aborted\n  Deserialization error: ...'),
  ],
  ['model_timeout', 'ModelTimeoutException', exception('ModelTimeoutException')],
  ['model_error', 'ModelErrorException', exception('ModelErrorException')],
  ['invalid_response', 'malformed JSON', new SyntaxError('Unexpected token')],
  ['invalid_response', 'no text', new InvalidResponseError('The answer has no text.')],
  ['model_not_found', 'a model at its end of life', exception('ResourceNotFoundException')],
  ['access_denied', 'AccessDeniedException', exception('AccessDeniedException')],
  ['access_denied', 'credentials refused', exception('UnrecognizedClientException')],
  [
    'wrong_throughput',
    'a model without on-demand throughput',
    exception('ValidationException', 'Invocation of model ID x with on-demand throughput isn’t supported.'),
  ],
  ['quota_exceeded', 'ServiceQuotaExceededException', exception('ServiceQuotaExceededException')],
  [
    'request_rejected',
    'a rejected parameter',
    exception('ValidationException', 'temperature is not supported'),
  ],
  [
    'input_too_long',
    'long input',
    exception('ValidationException', 'Input is too long for requested model.'),
  ],
  ['unknown', 'anything else', exception('NewException')],
  ['unknown', 'no error at all', undefined],
];
