import type { ErrorAnswer } from '../../contract/api';
import type { KnownCallers } from '../../contract/callers';
import { errorBody, ERRORS } from './templates';

/** What API Gateway answers by itself, before or after the integration, in the API's own error shape. */
interface GatewayError {
  /** API Gateway's name of the case; `DEFAULT_4XX` and `DEFAULT_5XX` stand for those not listed. */
  readonly type: string;
  /** Absent: each case keeps its own. */
  readonly status?: number;
  readonly error: ErrorAnswer['error'];
  /** Whether the caller is told to wait before the next try. */
  readonly retryLater?: boolean;
}

const NO_PATH = { code: 'not_found', message: 'There is no such path. Questions go to POST /.' } as const;
const TOO_MANY = { code: 'too_many_requests', message: 'Too many requests. Try again later.' } as const;

const CREDENTIALS = { keys: 'key', jwt: 'token', both: 'key or token' } as const;
const SHOWN = { 'x-api-key': '"x-api-key: …"', authorization: '"Authorization: Bearer …"' } as const;

/** Says how to come in, by what is let in here. */
function unauthorized({ mode, headers }: Pick<KnownCallers, 'mode' | 'headers'>): ErrorAnswer['error'] {
  const ways = headers.map((header) => SHOWN[header]).join(' or ');
  return {
    code: 'unauthorized',
    message: `Show a ${CREDENTIALS[mode]} as ${ways}. There was none, or it is unknown, revoked or expired.`,
  };
}

const GATEWAY_ERRORS: readonly GatewayError[] = [
  {
    type: 'BAD_REQUEST_BODY',
    status: 400,
    error: {
      code: 'invalid_request',
      message: 'The body must be a JSON object.',
      field: 'body',
    },
  },
  {
    type: 'BAD_REQUEST_PARAMETERS',
    status: 400,
    error: { code: 'invalid_request', message: 'The request has an invalid parameter.' },
  },
  // A path or method that the API does not have.
  { type: 'MISSING_AUTHENTICATION_TOKEN', status: 404, error: NO_PATH },
  { type: 'RESOURCE_NOT_FOUND', status: 404, error: NO_PATH },
  {
    type: 'REQUEST_TOO_LARGE',
    status: 413,
    error: { code: 'body_too_large', message: 'The body is too large.', field: 'body' },
  },
  {
    type: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    error: { code: 'unsupported_media_type', message: 'The Content-Type must be application/json.' },
  },
  { type: 'THROTTLED', status: 429, error: TOO_MANY, retryLater: true },
  { type: 'QUOTA_EXCEEDED', status: 429, error: TOO_MANY, retryLater: true },
  { type: 'INTEGRATION_TIMEOUT', status: 504, error: ERRORS.timedOut, retryLater: true },
  // The authorizer knows a caller whose usage plan is not there yet, or no longer: a deployment is under way.
  { type: 'INVALID_API_KEY', status: 503, error: ERRORS.unavailable, retryLater: true },
  { type: 'INTEGRATION_FAILURE', status: 503, error: ERRORS.unavailable, retryLater: true },
  {
    type: 'WAF_FILTERED',
    status: 403,
    error: { code: 'forbidden', message: 'The firewall refused the request.' },
  },
  // Such as an Authorization header that API Gateway takes for a signature, on a path that it does not have.
  { type: 'DEFAULT_4XX', error: { code: 'forbidden', message: 'The request was refused.' } },
  { type: 'DEFAULT_5XX', status: 500, error: ERRORS.failed, retryLater: true },
];

/** The authorizer denies whom it does not know: it says who somebody is, and all of them may ask the same. */
const refusedCallers = (callers: KnownCallers | undefined): readonly GatewayError[] =>
  callers === undefined
    ? []
    : ['UNAUTHORIZED', 'ACCESS_DENIED'].map((type) => ({ type, status: 401, error: unauthorized(callers) }));

/** The extension `x-amazon-apigateway-gateway-responses` of an imported API. */
export const gatewayResponses = (retryAfterSeconds: number, callers: KnownCallers | undefined): object =>
  Object.fromEntries(
    [...refusedCallers(callers), ...GATEWAY_ERRORS].map(({ type, status, error, retryLater }) => [
      type,
      {
        ...(status === undefined ? {} : { statusCode: status }),
        ...(retryLater && {
          responseParameters: { 'gatewayresponse.header.Retry-After': `'${retryAfterSeconds}'` },
        }),
        responseTemplates: { 'application/json': errorBody(error) },
      },
    ]),
  );
