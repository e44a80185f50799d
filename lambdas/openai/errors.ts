import type { ChatError } from '../../contract/openai';
import type { ChatEvent } from '../chat/telling';
import { respondJson, type ChatResponse } from '../chat/http';

/** A request that is not served, and the parameter at fault as OpenAI's API names it. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';

  constructor(
    readonly param: string | null,
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export const FILTERED = new RefusedRequest(
  'messages',
  'content_filter',
  'A content filter refused the messages.',
);

export const unknownModel = (model: string) =>
  new RefusedRequest(
    'model',
    'model_not_found',
    `There is no model ${JSON.stringify(model.slice(0, 64))}: GET /v1/models lists them.`,
    404,
  );

const TOO_LONG = new RefusedRequest(
  'messages',
  'context_length_exceeded',
  'The messages are too long for the models of this type: shorten them, or leave out the oldest.',
);

const INTERRUPTED: ChatError['error'] = {
  message: 'The answer broke off in its middle, and is not whole. Ask again.',
  type: 'server_error',
  param: null,
  code: 'answer_interrupted',
};

/** The last event of a stream whose text stands, and is not whole: OpenAI's client throws it. */
export const INTERRUPTION = `data: ${JSON.stringify({ error: INTERRUPTED })}\n\n`;

export function respondError(
  response: ChatResponse,
  requestId: string,
  { status, message, param, code }: RefusedRequest,
): void {
  respond(response, requestId, status, { message, type: 'invalid_request_error', param, code });
}

/** What ended a request before anything was said. */
export function respondFailure(
  response: ChatResponse,
  requestId: string,
  { status, error, retryAfterSeconds }: Extract<ChatEvent, { readonly type: 'error' }>,
): void {
  if (status === 400) {
    respondError(response, requestId, TOO_LONG);
    return;
  }
  const isSpent = error.code === 'daily_tokens_spent';
  const [type, code] = isSpent ? ['insufficient_quota', 'insufficient_quota'] : ['server_error', error.code];
  respond(
    response,
    requestId,
    status,
    { message: error.message, type, param: null, code },
    {
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      // OpenAI's client would sleep for all of Retry-After, perhaps for hours, before it failed.
      ...(isSpent && { 'x-should-retry': 'false' }),
    },
  );
}

function respond(
  response: ChatResponse,
  requestId: string,
  status: number,
  error: ChatError['error'],
  headers: Readonly<Record<string, string>> = {},
): void {
  respondJson(response, status, { error, requestId } satisfies ChatError, {
    'x-request-id': requestId,
    ...headers,
  });
}
