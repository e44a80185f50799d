import type { ErrorAnswer } from '../../contract/api';
import type { Asker } from '../../contract/workflow';
import type { Log } from '../tier/telemetry';

/** What API Gateway's proxy integration hands over, as far as it is looked at. */
export interface ProxyEvent {
  readonly httpMethod: string;
  /** The path as the API has it, such as `/conversations/{id}`. */
  readonly resource: string;
  readonly pathParameters: Readonly<Record<string, string>> | null;
  /** Names as the caller wrote them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly requestContext: {
    /** API Gateway's own; its `requestId` is the caller's to choose. */
    readonly extendedRequestId: string;
    /**
     * Absent where anybody may ask, or there and naming nobody: in AWS's example it has empty claims.
     * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
     */
    readonly authorizer?: { readonly principalId?: string; readonly tokensPerDay?: string };
  };
}

/** A request as its route reads it. */
export interface ChatRequest {
  readonly asker: Asker;
  readonly body: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** A response that is sent while it is made. */
export interface ChatResponse {
  /** Whether the status is out, or on its way. */
  readonly hasBegun: boolean;
  /** Aborted when the caller has left, or has kept its answer waiting for too long. */
  readonly left: AbortSignal;
  /** Status and headers go out with the first write. */
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  /** @returns a promise, where the caller takes no more for the moment */
  write(text: string): Promise<void> | undefined;
}

export type Route = (request: ChatRequest, response: ChatResponse) => Promise<void>;

export interface Router {
  /** By method and resource, such as `POST /stream`. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Of all callers together, where nobody says who asks; in digits, or empty. */
  readonly tokensPerDay: string;
}

/**
 * Hands a request to its route. What a route throws fails the function: Lambda counts it, and the caller gets a 500 of
 * API Gateway, or a stream that ends without its last event.
 */
export function serve(router: Router, event: ProxyEvent, response: ChatResponse): Promise<void> {
  const { httpMethod, resource, requestContext, body, pathParameters } = event;
  const route = router.routes[`${httpMethod} ${resource}`];
  if (route === undefined) throw new Error(`There is no route for ${httpMethod} ${resource}.`);
  const { authorizer, extendedRequestId: requestId } = requestContext;
  const { principalId: caller = '', tokensPerDay = '' } = authorizer ?? {};
  const asker: Asker = {
    source: 'caller',
    caller,
    tokensPerDay: caller === '' ? router.tokensPerDay : tokensPerDay,
    requestId,
  };
  if (!isJson(event)) {
    respondError(response, 415, { error: NO_JSON, requestId });
    return Promise.resolve();
  }
  return route({ asker, body: body ?? '', pathParameters: pathParameters ?? {} }, response);
}

const NO_JSON = {
  code: 'unsupported_media_type',
  message: 'The Content-Type must be application/json.',
} as const;

/** API Gateway looks at no media type where it maps nothing; a payload without one is JSON to it. */
function isJson({ headers }: ProxyEvent): boolean {
  const [, type = 'application/json'] =
    Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return /^\s*application\/json\s*(;|$)/i.test(type);
}

export function respondJson(
  response: ChatResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.begin(status, { 'Content-Type': 'application/json', ...headers });
  void response.write(JSON.stringify(body));
}

export const respondError = (
  response: ChatResponse,
  status: number,
  answer: ErrorAnswer,
  retryAfterSeconds?: number,
): void => {
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  respondJson(response, status, answer, headers);
};

/** The line for a request that is refused before anything is asked. */
export const logRefusal = (log: Log, requestId: string, status: number, code: string): void => {
  log('INFO', 'request_refused', { requestId, status, code });
};
