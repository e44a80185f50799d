import * as z from 'zod/mini';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { json } from '../../stack/values';

const texts = z.optional(z.record(z.string(), z.string()));
const anything = z.optional(z.unknown());
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+$/;

const content = z.record(
  z.string().check(z.regex(MEDIA_TYPE)),
  z.strictObject({ schema: z.strictObject({ $ref: z.string() }), example: anything, examples: anything }),
);

const integrationResponse = z.strictObject({
  statusCode: z.string(),
  responseParameters: texts,
  responseTemplates: texts,
});

const integration = z.strictObject({
  type: z.string(),
  httpMethod: z.optional(z.string()),
  uri: z.optional(z.string()),
  credentials: z.optional(z.string()),
  passthroughBehavior: z.optional(z.string()),
  requestTemplates: texts,
  timeoutInMillis: z.optional(z.number()),
  responseTransferMode: z.optional(z.enum(['BUFFERED', 'STREAM'])),
  responses: z.optional(z.record(z.string(), integrationResponse)),
});

const methodResponse = z.strictObject({
  description: z.string(),
  headers: z.optional(
    z.record(z.string(), z.strictObject({ description: z.optional(z.string()), schema: z.unknown() })),
  ),
  content: z.optional(content),
});

/** A header whose authorizer stands beside it, ... */
const authorizerScheme = z.strictObject({
  type: z.literal('apiKey'),
  name: z.string(),
  in: z.literal('header'),
  'x-amazon-apigateway-authtype': z.literal('custom'),
  'x-amazon-apigateway-authorizer': z.strictObject({
    type: z.literal('request'),
    identitySource: z.optional(z.string()),
    authorizerUri: z.string(),
    authorizerCredentials: z.optional(z.string()),
    authorizerResultTtlInSeconds: z.optional(z.int()),
  }),
});

/** ... or, by the name `api_key`, the key of a usage plan: API Gateway knows no other scheme. */
const apiKeyScheme = z.strictObject({
  type: z.literal('apiKey'),
  name: z.literal('x-api-key'),
  in: z.literal('header'),
});

const operation = z.strictObject({
  operationId: z.optional(z.string()),
  summary: z.optional(z.string()),
  description: z.optional(z.string()),
  // One authorizer for a method, and a usage plan.
  security: z.optional(z.array(z.record(z.string(), z.array(z.string()))).check(z.maxLength(2))),
  // Of its path: a proxy is handed them all, and nothing else here goes by them.
  parameters: z.optional(
    z.array(
      z.strictObject({
        name: z.string(),
        in: z.literal('path'),
        required: z.literal(true),
        schema: z.strictObject({ type: z.literal('string') }),
      }),
    ),
  ),
  requestBody: z.optional(z.strictObject({ required: z.optional(z.boolean()), content })),
  // Neither `default` nor `2XX`: the import fails on them.
  responses: z.optional(z.record(z.string().check(z.regex(/^[1-5]\d\d$/)), methodResponse)),
  'x-amazon-apigateway-request-validator': z.optional(z.string()),
  'x-amazon-apigateway-integration': z.optional(integration),
});

const HTTP_METHODS = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put'] as const;
const ANY = 'x-amazon-apigateway-any-method';

const gatewayResponse = z.strictObject({
  statusCode: z.optional(z.union([z.number(), z.string()])),
  responseParameters: texts,
  responseTemplates: texts,
});

/**
 * OpenAPI 3.0 as far as PutRestApi imports it and it is emulated. What stands here of the public description alone
 * (summaries, examples) the import drops; anything else is refused by its path.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
 */
const documentSchema = z.strictObject({
  openapi: z.string().check(z.regex(/^3\.0\.\d$/)),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.optional(z.string()) }),
  paths: z.record(z.string(), z.partialRecord(z.enum([...HTTP_METHODS, ANY]), operation)),
  components: z.optional(
    z.strictObject({
      // Names of models are alphanumeric.
      schemas: z.optional(
        z.record(z.string().check(z.regex(/^[A-Za-z0-9]+$/)), z.record(z.string(), z.unknown())),
      ),
      securitySchemes: z.optional(z.record(z.string(), z.union([authorizerScheme, apiKeyScheme]))),
    }),
  ),
  'x-amazon-apigateway-request-validators': z.optional(
    z.record(
      z.string(),
      z.strictObject({ validateRequestBody: z.boolean(), validateRequestParameters: z.literal(false) }),
    ),
  ),
  'x-amazon-apigateway-gateway-responses': z.optional(z.record(z.string(), gatewayResponse)),
});

export type Content = z.infer<typeof content>;
type ApiDocument = z.infer<typeof documentSchema>;
type Operation = z.infer<typeof operation>;
export type Integration = z.infer<typeof integration>;
export type MethodResponse = z.infer<typeof methodResponse>;
export type IntegrationResponse = z.infer<typeof integrationResponse>;
export type AuthorizerDefinition = z.infer<typeof authorizerScheme>['x-amazon-apigateway-authorizer'];
export type GatewayResponse = z.infer<typeof gatewayResponse>;

/** A method of the API, with where it stands in the stack. */
export interface MethodDefinition {
  readonly address: string;
  /** E.g. `/` or `/orders/{proxy+}`. */
  readonly path: string;
  /** In capitals; `ANY` for those that have no definition of their own. */
  readonly httpMethod: string;
  readonly operation: Operation;
}

/** What an API's `body` says. */
export interface ApiDefinition {
  /** Of the body. */
  readonly address: string;
  readonly document: ApiDocument;
  readonly methods: readonly MethodDefinition[];
}

/** Types of this service that are emulated; logging of the account has no meaning here. */
const EMULATED = new Set(
  [
    'account',
    'api_key',
    'base_path_mapping',
    'deployment',
    'domain_name',
    'method_settings',
    'rest_api',
    'stage',
    'usage_plan',
    'usage_plan_key',
  ].map((type) => `aws_api_gateway_${type}`),
);

/** @throws UnsupportedError for a part of API Gateway that is not emulated, and unless there is one API */
export function theApi(resources: readonly Resource[]): Resource {
  const unknown = resources.find(({ type }) => type.startsWith('aws_api_gateway_') && !EMULATED.has(type));
  if (unknown !== undefined) throw new UnsupportedError(unknown.address, `${unknown.type} is not emulated`);
  const api = resources.find(({ type }) => type === 'aws_api_gateway_rest_api');
  if (api === undefined) throw new UnsupportedError('aws_api_gateway_rest_api', 'the stack has no REST API');
  return api;
}

/**
 * @param api of type `aws_api_gateway_rest_api`
 * @throws UnsupportedError for what is not emulated, or what API Gateway would not import
 */
export function readDefinition(api: Pick<Resource, 'address' | 'values'>): ApiDefinition {
  const address = `${api.address}.body`;
  const parsed = z.safeParse(documentSchema, json(api, 'body'));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const keys = issue?.code === 'unrecognized_keys' ? `.${issue.keys[0] ?? ''}` : '';
    throw new UnsupportedError(
      `${pathFrom(address, issue?.path ?? [])}${keys}`,
      'API Gateway does not import it, or it is not emulated',
    );
  }
  const document = parsed.data;
  checkPaths(address, Object.keys(document.paths));
  const methods = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([name, operation]) => ({
      address: pathFrom(address, ['paths', path, name]),
      path,
      httpMethod: name === ANY ? 'ANY' : name.toUpperCase(),
      operation,
    })),
  );
  if (methods.length === 0) throw new UnsupportedError(address, 'an API without methods is not deployed');
  return { address, document, methods };
}

/** E.g. `aws_api_gateway_rest_api.api.body.paths["/health"].get`. */
const pathFrom = (address: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, step) => {
    const key = String(step);
    return /^\w+$/.test(key) ? `${text}.${key}` : `${text}["${key}"]`;
  }, address);

const PATH_PART = /^(?:[\w.~:+-]+|\{[\w.-]+\+?\})$/;

function checkPaths(address: string, paths: readonly string[]): void {
  for (const path of paths) {
    const parts = path === '/' ? [] : path.slice(1).split('/');
    const greedy = parts.findIndex((part) => part.endsWith('+}'));
    const isWrong =
      !path.startsWith('/') ||
      parts.some((part) => !PATH_PART.test(part)) ||
      (greedy >= 0 && greedy < parts.length - 1);
    if (isWrong)
      throw new UnsupportedError(pathFrom(address, ['paths', path]), `API Gateway would not create ${path}`);
  }
}
