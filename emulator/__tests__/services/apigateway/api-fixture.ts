import type { ApiRequest, ServiceAction } from '../../../services/apigateway/http';
import { RestApi, type RestApiOptions } from '../../../services/apigateway/rest-api';
import type { Resource } from '../../../stack/resource';

type Values = Record<string, unknown>;

export const resource = (type: string, name: string, values: Values): Resource => ({
  address: `aws_api_gateway_${type}.${name}`,
  type: `aws_api_gateway_${type}`,
  name,
  values,
});

export const ROOT = 'root';

/** A method with a mock integration that answers 200 and `{"ok":true}`; each part can be changed. */
export function mockMethod(
  resourceId: string,
  httpMethod: string,
  change: { method?: Values; integration?: Values; response?: Values; methodResponse?: Values } = {},
): Resource[] {
  const name = `${resourceId}_${httpMethod}`;
  const common = { rest_api_id: 'api', resource_id: resourceId, http_method: httpMethod };
  return [
    resource('method', name, { ...common, authorization: 'NONE', ...change.method }),
    resource('integration', name, {
      ...common,
      type: 'MOCK',
      request_templates: { 'application/json': '{"statusCode":200}' },
      ...change.integration,
    }),
    resource('method_response', name, { ...common, status_code: '200', ...change.methodResponse }),
    resource('integration_response', name, {
      ...common,
      status_code: '200',
      response_templates: { 'application/json': '{"ok":true}' },
      ...change.response,
    }),
  ];
}

/** The integration of a method that calls the action `states:action/StartSyncExecution`. */
export const ACTION = {
  type: 'AWS',
  integration_http_method: 'POST',
  credentials: 'arn:aws:iam::123456789012:role/api',
  uri: 'arn:aws:apigateway:us-east-1:states:action/StartSyncExecution',
  request_templates: { 'application/json': '$input.body' },
};

/** What every API has, with a custom domain in front of it. */
export const BASE: readonly Resource[] = [
  resource('rest_api', 'api', { id: 'api', root_resource_id: ROOT, name: 'api' }),
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
  resources: readonly Resource[],
  options: Partial<RestApiOptions> & { action?: ServiceAction } = {},
) {
  const echo: ServiceAction = ({ body }) => Promise.resolve({ status: 200, body });
  const { action = echo, ...rest } = options;
  return new RestApi({
    resources: [...BASE, ...resources],
    actions: { 'states:action/StartSyncExecution': action },
    requestId: () => 'request-1',
    now: () => 0,
    log: () => undefined,
    ...rest,
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
