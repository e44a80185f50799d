import * as z from 'zod';
import {
  degradedAnswerSchema,
  errorAnswerSchema,
  healthAnswerSchema,
  modelAnswerSchema,
  questionSchema,
  type ErrorCode,
} from './api';
import {
  chatCompletionSchema,
  chatErrorSchema,
  chatRequestSchema,
  modelListSchema,
  modelSchema,
} from './openai';
import { STREAM_EVENTS } from './stream';
import { CREDENTIAL_HEADERS, type CallerMode, type CredentialHeader } from './callers';

type Json = Readonly<Record<string, unknown>>;

export interface Response {
  readonly description: string;
  readonly headers?: Json;
  readonly content?: Json;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security?: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: { readonly required: true; readonly content: Json };
  readonly responses: Readonly<Record<string, Response>>;
}

/** OpenAPI 3.1, whose schemas are JSON Schema as zod writes it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<'/' | '/stream' | '/v1/chat/completions', { readonly post: Operation }>> &
    Readonly<Record<'/conversations/{id}', { readonly delete: Operation }>> &
    Readonly<Record<'/health' | '/v1/models' | '/v1/models/{model}', { readonly get: Operation }>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
}

interface ErrorStatus {
  readonly when: string;
  readonly codes: readonly ErrorCode[];
  /** The header `Retry-After` says when to try again. */
  readonly retryAfter?: true;
}

/** What each error status means, whichever operation it comes from. */
export const ERROR_STATUSES: Readonly<Record<number, ErrorStatus>> = {
  400: { when: 'The body is not as described; `field` names what is at fault', codes: ['invalid_request'] },
  401: { when: 'No key or token, or one that is wrong, revoked or expired', codes: ['unauthorized'] },
  403: {
    when: 'API Gateway itself, or the firewall in front of it, refuses the request, whatever it asks for',
    codes: ['forbidden'],
  },
  404: {
    when: 'No such path, or no such conversation of this caller',
    codes: ['not_found', 'conversation_not_found'],
  },
  405: { when: 'The path does not take the method; `Allow` says which', codes: ['method_not_allowed'] },
  413: {
    when: 'The body is larger than any question with its history can be; above 10 MB, as plain text',
    codes: ['body_too_large'],
  },
  415: { when: 'The Content-Type is not application/json', codes: ['unsupported_media_type'] },
  429: {
    when: 'Too many requests, or the caller’s tokens of the day (UTC) are spent',
    codes: ['too_many_requests', 'daily_tokens_spent'],
    retryAfter: true,
  },
  500: { when: 'The assistant failed', codes: ['internal_error'], retryAfter: true },
  503: { when: 'The assistant is not available', codes: ['service_unavailable'], retryAfter: true },
  504: { when: 'The assistant took too long', codes: ['timeout'], retryAfter: true },
};

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string' } } };

const json = (...schemas: readonly string[]): Json => {
  const references = schemas.map((name) => ({ $ref: `#/components/schemas/${name}` }));
  return {
    'application/json': { schema: references.length === 1 ? references[0] : { oneOf: references } },
  };
};

const errors = (...statuses: readonly number[]): Readonly<Record<string, Response>> =>
  Object.fromEntries(
    statuses.map((status) => {
      const { when, codes, retryAfter } = ERROR_STATUSES[status] ?? { when: '', codes: [] };
      const description = `${when}: ${codes.map((code) => `\`${code}\``).join(', ')}.`;
      return [
        status,
        { description, ...(retryAfter && { headers: RETRY_AFTER }), content: json('ErrorAnswer') },
      ];
    }),
  );

const ASK: Operation = {
  operationId: 'ask',
  summary: 'Answers a question',
  description:
    'One question, one answer, by the first of two models that can; where it is told or kept, by what was said before.',
  requestBody: { required: true, content: json('Question') },
  responses: {
    200: {
      description: 'The answer of a model; or, with `Retry-After`, that no model could answer.',
      headers: RETRY_AFTER,
      content: json('ModelAnswer', 'DegradedAnswer'),
    },
    ...errors(400, 401, 403, 404, 413, 415, 429, 500, 503, 504),
  },
};

const STREAM: Operation = {
  operationId: 'stream',
  summary: 'Answers a question while the answer is said',
  description:
    'The answer of `POST /` as server-sent events. A stream that ends without `end` or `error` is not whole, however ' +
    'it came to its end; what was shown before a `restart` is void. Comments come wherever nothing is said for a while.',
  requestBody: { required: true, content: json('Question') },
  responses: {
    200: {
      description: `Events, each with its data as JSON: ${Object.keys(STREAM_EVENTS)
        .map((name) => `\`${name}\` (\`${schemaNameOf(name)}\`)`)
        .join(', ')}.`,
      headers: { 'Cache-Control': { description: '`no-store`.', schema: { type: 'string' } } },
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...errors(400, 401, 403, 404, 413, 415, 429, 500, 503, 504),
  },
};

const FORGET: Operation = {
  operationId: 'forgetConversation',
  summary: 'Forgets a conversation that is kept',
  description: 'Its id is unknown from then on, in both regions.',
  parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
  responses: {
    204: { description: 'It is forgotten, or was already.' },
    ...errors(401, 403, 404, 413, 415, 429, 500, 503, 504),
  },
};

const text = (description: string) => ({ description, schema: { type: 'string' } });
const REQUEST_ID = { 'x-request-id': text('What the logs know the request by.') };

/** What the functions say has OpenAI's shape, what API Gateway says by itself the other operations'. */
const chatErrors = (...statuses: readonly number[]): Readonly<Record<string, Response>> =>
  Object.fromEntries(
    Object.entries(errors(...statuses)).map(([status, { description, headers }]) => [
      status,
      { description, headers: { ...headers, ...REQUEST_ID }, content: json('ChatError', 'ErrorAnswer') },
    ]),
  );

const NO_SUCH_MODEL: Response = {
  description: 'No such model: `model_not_found`.',
  headers: REQUEST_ID,
  content: json('ChatError'),
};

const COMPLETE: Operation = {
  operationId: 'createChatCompletion',
  summary: 'Answers by OpenAI’s protocol',
  description:
    'The answer of `POST /`, or with `stream` its chunks as they are said: `model` is a request type. A stream that ' +
    'ends without `[DONE]` is not whole; one that breaks off ends with an event that has `error`.',
  requestBody: { required: true, content: json('ChatRequest') },
  responses: {
    200: {
      description: 'The answer of a model; or, with `Retry-After`, that no model could answer.',
      headers: {
        ...RETRY_AFTER,
        ...REQUEST_ID,
        'x-assistant-tier': text(
          'Who answers: `primary`, `fallback` or `degraded`; of a stream, at its beginning.',
        ),
        'x-assistant-region': text('The AWS region that answers.'),
        'Cache-Control': text('`no-store`, of a stream.'),
      },
      content: { ...json('ChatCompletion'), 'text/event-stream': { schema: { type: 'string' } } },
    },
    400: {
      description: 'What `error.param` names is not as described, not served, or refused by a filter.',
      headers: REQUEST_ID,
      content: json('ChatError'),
    },
    404: NO_SUCH_MODEL,
    ...chatErrors(401, 403, 413, 415, 500, 503, 504),
    429: {
      description:
        'Too many requests: `too_many_requests`; or the day’s tokens are spent: `insufficient_quota`.',
      headers: {
        ...RETRY_AFTER,
        ...REQUEST_ID,
        'x-should-retry': text(
          '`false` where the day’s tokens are spent: OpenAI’s client does not wait for them.',
        ),
      },
      content: json('ChatError', 'ErrorAnswer'),
    },
  },
};

const LIST_MODELS: Operation = {
  operationId: 'listModels',
  summary: 'Lists what may stand as model in OpenAI’s protocol',
  description: 'The request types that have a rule of their own, and `general`.',
  responses: {
    200: { description: 'The request types.', headers: REQUEST_ID, content: json('ModelList') },
    ...chatErrors(401, 403, 413, 415, 429, 500, 503, 504),
  },
};

const RETRIEVE_MODEL: Operation = {
  operationId: 'retrieveModel',
  summary: 'Says whether a request type may stand as model',
  description: 'One of those that `GET /v1/models` lists.',
  parameters: [{ name: 'model', in: 'path', required: true, schema: { type: 'string' } }],
  responses: {
    200: { description: 'It may.', headers: REQUEST_ID, content: json('Model') },
    404: NO_SUCH_MODEL,
    ...chatErrors(401, 403, 413, 415, 429, 500, 503, 504),
  },
};

const CHECK_HEALTH: Operation = {
  operationId: 'checkHealth',
  summary: 'Says whether the region can serve',
  description: 'It calls no model.',
  responses: {
    200: { description: 'The region can serve.', content: json('HealthAnswer') },
    ...errors(403, 415, 429, 500),
    503: {
      description: 'The region cannot serve.',
      headers: RETRY_AFTER,
      content: json('HealthAnswer', 'ErrorAnswer'),
    },
    ...errors(504),
  },
};

/** Either: a key fits into both. */
const SECURITY_SCHEMES: Readonly<Record<CredentialHeader, readonly [name: string, scheme: Json]>> = {
  'x-api-key': ['key', { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key.' }],
  authorization: ['bearer', { type: 'http', scheme: 'bearer', description: 'A key, or a token (JWT).' }],
};

/** What of the configuration callers notice. */
export interface ApiSettings {
  readonly domain: { readonly failover: string };
  readonly callers: {
    readonly mode: CallerMode;
    readonly cache?: { readonly header: CredentialHeader } | undefined;
  };
}

export const API_VERSION = '1.0.0';

/** The public API, of which the deployed one is a view: see `importedOperation`. */
export function openApiDocument({ domain, callers }: ApiSettings): OpenApiDocument {
  const headers = callers.cache ? [callers.cache.header] : CREDENTIAL_HEADERS;
  const schemes = callers.mode === 'none' ? [] : headers.map((header) => SECURITY_SCHEMES[header]);
  const ofCallers = (operation: Operation): Operation => {
    if (schemes.length > 0) return { ...operation, security: schemes.map(([name]) => ({ [name]: [] })) };
    const { 401: _, ...responses } = operation.responses;
    return { ...operation, responses };
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Customer service AI assistant',
      version: API_VERSION,
      description: [
        'Errors have one shape, `ErrorAnswer`, but below `/v1`. Another path is 404 `not_found`, and another method 405',
        '`method_not_allowed`. Objects may get further fields.',
      ].join(' '),
    },
    servers: [{ url: `https://${domain.failover}` }],
    paths: {
      '/': { post: ofCallers(ASK) },
      '/stream': { post: ofCallers(STREAM) },
      '/conversations/{id}': { delete: ofCallers(FORGET) },
      '/v1/chat/completions': { post: ofCallers(COMPLETE) },
      '/v1/models': { get: ofCallers(LIST_MODELS) },
      '/v1/models/{model}': { get: ofCallers(RETRIEVE_MODEL) },
      '/health': { get: CHECK_HEALTH },
    },
    components: {
      schemas: {
        Question: schemaOf(questionSchema),
        ModelAnswer: schemaOf(modelAnswerSchema),
        DegradedAnswer: schemaOf(degradedAnswerSchema),
        ErrorAnswer: schemaOf(errorAnswerSchema),
        HealthAnswer: schemaOf(healthAnswerSchema),
        ChatRequest: schemaOf(chatRequestSchema),
        ChatCompletion: schemaOf(chatCompletionSchema),
        ChatError: schemaOf(chatErrorSchema),
        ModelList: schemaOf(modelListSchema),
        Model: schemaOf(modelSchema),
        ...Object.fromEntries(
          Object.entries(STREAM_EVENTS).map(([name, schema]) => [schemaNameOf(name), schemaOf(schema)]),
        ),
      },
      securitySchemes: Object.fromEntries(schemes),
    },
  };
}

/** E.g. `StreamStart`. */
function schemaNameOf(event: string): string {
  return `Stream${event.charAt(0).toUpperCase()}${event.slice(1)}`;
}

function schemaOf(schema: z.ZodType): unknown {
  const { $schema: _, ...own } = z.toJSONSchema(schema, {
    // What is sent may get further fields, what is received may not have any.
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return own;
}
