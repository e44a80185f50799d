import type { ApiRequest, ServiceAction } from '../../../services/apigateway/http';
import { ApiMappings } from '../../../services/apigateway/rest-api';
import type { Resource } from '../../../stack/resource';

type Values = Record<string, unknown>;

export const resource = (type: string, name: string, values: Values): Resource => ({
  address: `aws_api_gateway_${type}.${name}`,
  type: `aws_api_gateway_${type}`,
  name,
  values,
});

/** What a body is made of: a method, or whatever else stands at the document's top. */
export type Part = Values;

/** A method with a mock integration that answers 200 and `{"ok":true}`; each part can be changed. */
export function mockMethod(
  path: string,
  name: string,
  change: { operation?: Values; integration?: Values; response?: Values; methodResponse?: Values } = {},
): Part {
  const operation = {
    responses: { 200: { description: 'ok', ...change.methodResponse } },
    'x-amazon-apigateway-integration': {
      type: 'mock',
      requestTemplates: { 'application/json': '{"statusCode":200}' },
      responses: {
        default: {
          statusCode: '200',
          responseTemplates: { 'application/json': '{"ok":true}' },
          ...change.response,
        },
      },
      ...change.integration,
    },
    ...change.operation,
  };
  return { paths: { [path]: { [name]: operation } } };
}

/** The integration of a method that calls the action `states:action/StartSyncExecution`. */
export const ACTION = {
  type: 'aws',
  httpMethod: 'POST',
  credentials: 'arn:aws:iam::123456789012:role/api',
  uri: 'arn:aws:apigateway:us-east-1:states:action/StartSyncExecution',
  requestTemplates: { 'application/json': '$input.body' },
};

/** `POST /`, which calls the action and hands on what it answers. */
export const actionMethod = (change: Parameters<typeof mockMethod>[2] = {}): Part =>
  mockMethod('/', 'post', {
    ...change,
    response: { responseTemplates: {}, ...change.response },
    integration: { ...ACTION, ...change.integration },
  });

export const model = (name: string, schema: Values): Part => ({
  components: { schemas: { [name]: schema } },
});

export const gatewayResponse = (type: string, values: Values): Part => ({
  'x-amazon-apigateway-gateway-responses': { [type]: values },
});

/** The API whose body has these parts. */
export const restApi = (...parts: readonly Part[]): Resource =>
  resource('rest_api', 'api', {
    id: 'api',
    name: 'api',
    execution_arn: 'arn:aws:execute-api:us-east-1:123456789012:api',
    body: JSON.stringify(
      parts.reduce(merge, { openapi: '3.0.1', info: { title: 'api', version: '1' }, paths: {} }),
    ),
  });

const merge = (one: Values, other: Values): Values => {
  const merged = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = merged[key];
    merged[key] =
      typeof before === 'object' && typeof value === 'object'
        ? merge(before as Values, value as Values)
        : value;
  }
  return merged;
};

/** What every API has beside its body, with a custom domain in front of it. */
export const BASE: readonly Resource[] = [
  resource('deployment', 'deployment', { id: 'deployment', rest_api_id: 'api' }),
  resource('stage', 'stage', {
    rest_api_id: 'api',
    stage_name: 'v1',
    deployment_id: 'deployment',
    variables: { tone: 'calm' },
  }),
  resource('base_path_mapping', 'domain', {
    api_id: 'api',
    stage_name: 'v1',
    domain_name: 'api.example.com',
  }),
];

export function apiOf(
  parts: readonly Part[],
  options: Partial<ConstructorParameters<typeof ApiMappings>[0]> & {
    action?: ServiceAction;
    apiKeySource?: string;
  } = {},
) {
  const echo: ServiceAction = ({ body }) => Promise.resolve({ status: 200, body });
  const { action = echo, resources = [], apiKeySource, ...rest } = options;
  const api = restApi(...parts);
  return new ApiMappings({
    createIds: () => ({ requestId: 'request-1', extendedRequestId: 'extended-1' }),
    now: () => 0,
    log: () => undefined,
    ...rest,
    resources: [...BASE, { ...api, values: { ...api.values, api_key_source: apiKeySource } }, ...resources],
    actions: { 'states:action/StartSyncExecution': action },
  });
}

export const request = (method: string, path: string, more: Partial<ApiRequest> = {}): ApiRequest => ({
  method,
  path,
  query: '',
  headers: {},
  body: Buffer.alloc(0),
  ...more,
});

export const post = (body: string | Buffer, contentType?: string): ApiRequest =>
  request('POST', '/', {
    body: Buffer.from(body),
    headers: contentType === undefined ? {} : { 'content-type': contentType },
  });
