import * as z from 'zod';
import {
  degradedAnswerSchema,
  errorAnswerSchema,
  healthAnswerSchema,
  modelAnswerSchema,
  questionSchema,
  type ErrorCode,
} from './api';

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
  readonly requestBody?: { readonly required: true; readonly content: Json };
  readonly responses: Readonly<Record<string, Response>>;
}

/** OpenAPI 3.1, whose schemas are JSON Schema as zod writes it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<'/', { readonly post: Operation }>> &
    Readonly<Record<'/health', { readonly get: Operation }>>;
  readonly components: { readonly schemas: Json };
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
  404: { when: 'No such path', codes: ['not_found'] },
  405: { when: 'The path does not take the method; `Allow` says which', codes: ['method_not_allowed'] },
  413: { when: 'The body is larger than any question can be', codes: ['body_too_large'] },
  415: { when: 'The Content-Type is not application/json', codes: ['unsupported_media_type'] },
  429: { when: 'Too many requests', codes: ['too_many_requests'], retryAfter: true },
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
  description: 'One question, one answer, by the first of two models that can.',
  requestBody: { required: true, content: json('Question') },
  responses: {
    200: {
      description: 'The answer of a model; or, with `Retry-After`, that no model could answer.',
      headers: RETRY_AFTER,
      content: json('ModelAnswer', 'DegradedAnswer'),
    },
    ...errors(400, 413, 415, 429, 500, 503, 504),
  },
};

const CHECK_HEALTH: Operation = {
  operationId: 'checkHealth',
  summary: 'Says whether the region can serve',
  description: 'It calls no model.',
  responses: {
    200: { description: 'The region can serve.', content: json('HealthAnswer') },
    ...errors(413, 415, 429, 500),
    503: {
      description: 'The region cannot serve.',
      headers: RETRY_AFTER,
      content: json('HealthAnswer', 'ErrorAnswer'),
    },
    ...errors(504),
  },
};

/** The public API, of which the deployed one is a view: see `importedBody`. */
export function openApiDocument(failoverName: string): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Customer service AI assistant',
      version: '1.0.0',
      description: [
        'Errors have one shape, `ErrorAnswer`. Another path is 404 `not_found`, another method 405',
        '`method_not_allowed`. Objects may get further fields.',
      ].join(' '),
    },
    servers: [{ url: `https://${failoverName}` }],
    paths: { '/': { post: ASK }, '/health': { get: CHECK_HEALTH } },
    components: {
      schemas: {
        Question: schemaOf(questionSchema),
        ModelAnswer: schemaOf(modelAnswerSchema),
        DegradedAnswer: schemaOf(degradedAnswerSchema),
        ErrorAnswer: schemaOf(errorAnswerSchema),
        HealthAnswer: schemaOf(healthAnswerSchema),
      },
    },
  };
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
