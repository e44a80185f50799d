import type { FailureClass } from '../../contract/bedrock-failures';

export const exception = (name: string, message = '') => Object.assign(new Error(message), { name });
const validation = (message: string) => exception('ValidationException', message);
const transport = (code: string, message = '') => Object.assign(new Error(message), { code });
const status = (httpStatusCode: number, name = 'SomeNewException') =>
  Object.assign(exception(name), { $metadata: { httpStatusCode } });

/** Wordings of ValidationException, from models in use and from public reports. */
export const VALIDATIONS: readonly (readonly [FailureClass, string])[] = [
  ['input_too_long', 'Input is too long for requested model.'],
  ['input_too_long', 'input length and `max_tokens` exceed context limit: 199900 + 1024 > 200000'],
  ['input_too_long', 'Input tokens exceeded the configured limit'],
  ['input_too_long', 'Too many input tokens. Max input tokens: 128000, request input token count: 130000'],
  ['input_too_long', 'prompt is too long: 210000 tokens > 200000 maximum'],
  ['input_too_long', 'The model returned the following errors: too many total text bytes'],
  [
    'input_too_long',
    'Malformed input request: expected maxLength: 42000, actual: 150180, please reformat your input and try again.',
  ],
  ['content_filtered', 'The response was filtered due to the prompt triggering content management policy.'],
  ['content_filtered', 'Your request was blocked by our content filters.'],
  ['guardrail_misconfigured', 'The guardrail identifier or version provided in the request does not exist.'],
  ['guardrail_misconfigured', 'The provided guardrail identifier is invalid.'],
  ['wrong_throughput', 'Invocation of model ID x with on-demand throughput isn’t supported.'],
  [
    'wrong_throughput',
    'Invocation of this model ID with on-demand throughput isn’t supported. Retry your request with an inference profile.',
  ],
  ['model_not_found', 'The provided model identifier is invalid.'],
  ['access_denied', 'Operation not allowed'],
  ['misconfigured', "This model doesn't support the system field. Remove system and try again."],
  [
    'misconfigured',
    "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
  ],
  [
    'model_not_found',
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  ],
  ['misconfigured', 'The maximum tokens you requested exceeds the model limit of 4096.'],
  ['misconfigured', 'max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens'],
  ['misconfigured', 'Malformed input request: #/max_tokens: 9000 is not less or equal to 4096'],
  ['misconfigured', '`temperature` and `top_p` cannot both be specified for this model.'],
  ['misconfigured', 'Malformed input request: extraneous key [top_k] is not permitted'],
  ['misconfigured', 'The model returned the following errors: `temperature` is deprecated for this model.'],
  [
    'misconfigured',
    'The model returned the following errors: {"type":"error","request_id":"req_hxgdnqwbdlfu7gih6dsd","error":{"type":"invalid_request_error","message":"`temperature` is deprecated for this model."}}',
  ],
  [
    'misconfigured',
    'The model returned the following errors: "thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.',
  ],
  [
    'misconfigured',
    "The model returned the following errors: thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: 'disabled', 'enabled'",
  ],
  [
    'misconfigured',
    "1 validation error detected: Value '9000' at 'inferenceConfig.maxTokens' failed to satisfy constraint: " +
      'Member must have value less than or equal to 8192',
  ],
  ['model_not_found', 'This model version has reached the end of its life.'],
  ['misconfigured', "data retention mode 'inherit' is not available for this model"],
  ['request_rejected', 'The text field in the ContentBlock object at messages.0.content.0 is blank.'],
  ['request_rejected', 'A wording of tomorrow.'],
  ['request_rejected', 'messages.0.content.0.text is not supported for this model'],
  ['request_rejected', '`messages` are not supported for this model.'],
  [
    'request_rejected',
    'The model returned the following errors: {"type":"error","error":{"type":"invalid_request_error","message":"messages: the final assistant content cannot end with trailing whitespace"}}',
  ],
  ['request_rejected', "This model doesn't support the language of the prompt."],
  ['request_rejected', 'The model returned the following errors: content is not supported'],
  ['request_rejected', 'Unsupported value: messages[0].content[0]'],
  ['request_rejected', "This model doesn't support conversations with more than 20 turns."],
  ['request_rejected', 'Model amazon.nova-lite-v1:0 does not support multi-turn.'],
  ['request_rejected', "This model doesn't support guardContent blocks in assistant turns."],
  ['request_rejected', 'guardContent is not supported for role assistant'],
  ['request_rejected', "The model that you are using doesn't support requests of this size."],
  ['request_rejected', "This model doesn't support history."],
  ['request_rejected', 'max_tokens: 1024 > 900, the maximum for requests over 200000 tokens'],
  ['request_rejected', 'max_tokens: 1024 > 900, the maximum over 200K tokens'],
];

/** One example at least of everything that the SDK throws, by the row of the table that it belongs to. */
export const THROWN: readonly (readonly [FailureClass, string, unknown])[] = [
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
  ['model_error', 'ModelStreamErrorException', exception('ModelStreamErrorException')],
  ...['ModelErrorException', 'ModelStreamErrorException'].map(
    (name) =>
      [
        'no_answer',
        `${name} of tools`,
        exception(
          name,
          'Model produced invalid sequence as part of ToolUse. Please refer to the model tool use troubleshooting guide.',
        ),
      ] as const,
  ),
  ['invalid_response', 'malformed JSON', new SyntaxError('Unexpected token')],
  ['invalid_response', 'a page of HTML as a stream', new Error('Truncated event message received.')],
  [
    'invalid_response',
    'a corrupt frame',
    new Error('The message checksum (1) did not match the expected value of 2'),
  ],
  ['model_not_found', 'a model at its end of life', exception('ResourceNotFoundException')],
  ['access_denied', 'AccessDeniedException', exception('AccessDeniedException')],
  [
    'guardrail_misconfigured',
    'a guardrail that may not be applied',
    exception(
      'AccessDeniedException',
      'User: arn:aws:sts::123456789012:assumed-role/tier is not authorized to perform: bedrock:ApplyGuardrail on ' +
        'resource: arn:aws:bedrock:us-east-1:123456789012:guardrail/abc because no identity-based policy allows it',
    ),
  ],
  [
    'guardrail_misconfigured',
    'a guardrail that is gone',
    exception('ResourceNotFoundException', 'The specified guardrail does not exist.'),
  ],
  [
    'guardrail_throttled',
    'a guardrail that is asked too much',
    exception('ThrottlingException', 'Too many requests for this guardrail.'),
  ],
  [
    'guardrail_throttled',
    'a guardrail beyond its quota',
    exception('ServiceQuotaExceededException', 'The text units of guardrail abc are used up.'),
  ],
  ...['ServiceUnavailableException', 'InternalServerException'].map(
    (name) =>
      ['guardrail_unavailable', `${name} of a guardrail`, exception(name, 'The guardrail failed.')] as const,
  ),
  ['access_denied', 'credentials refused', exception('UnrecognizedClientException')],
  ['access_denied', 'credentials that are over', exception('ExpiredTokenException')],
  [
    'access_denied',
    'no credentials',
    exception('CredentialsProviderError', 'Could not load credentials from any providers'),
  ],
  ['quota_exceeded', 'ServiceQuotaExceededException', exception('ServiceQuotaExceededException')],
  ...VALIDATIONS.map(([failure, message]) => [failure, message, validation(message)] as const),
  ['request_rejected', 'a 400 of a type of tomorrow', status(400)],
  ['request_rejected', 'a proxy’s 413', status(413, 'Error')],
  ['unknown', 'a 5xx of no type', status(599)],
  ['unknown', 'anything else', exception('NewException')],
  ['unknown', 'no error at all', undefined],
];
