import { UnsupportedError, type Resource } from '../../../stack/resource';
import { actionMethod, apiOf, BASE, mockMethod, model, resource, restApi, type Part } from './api-fixture';
import { ApiMappings } from '../../../services/apigateway/rest-api';

describe('what stops the start', () => {
  const mock = (change: Parameters<typeof mockMethod>[2]) => mockMethod('/', 'get', change);
  const action = (change: Record<string, unknown>) => actionMethod({ integration: change });
  const content = (name: string) => ({
    'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
  });
  const big = { title: 'a'.repeat(409_600) };

  it.each<[string, readonly Part[], string]>([
    [
      'a validator that is missing',
      [mock({ operation: { 'x-amazon-apigateway-request-validator': 'x' } })],
      'request-validator',
    ],
    [
      'a model that is missing',
      [mock({ operation: { requestBody: { content: content('X') } } })],
      'no model',
    ],
    ['a response model that is missing', [mock({ methodResponse: { content: content('X') } })], 'no model'],
    ['a model that is no schema', [mock({}), model('M', { type: 'text' })], 'schemas.M'],
    ['a model with an unknown keyword', [mock({}), model('M', { limit: 1 })], 'schemas.M'],
    ['a model above 400 KiB', [mock({}), model('M', big)], 'schemas.M'],
    ['a model with a dash in its name', [mock({}), model('a-b', {})], 'schemas["a-b"]'],
    ['another integration type', [mock({ integration: { type: 'http' } })], 'paths["/"].get'],
    ['an unknown action', [action({ uri: 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage' })], '.uri'],
    ['an action without a role', [action({ credentials: undefined })], '.credentials'],
    ['an action called by GET', [action({ httpMethod: 'GET' })], '.httpMethod'],
    ['a timeout above 29 s', [action({ timeoutInMillis: 29_001 })], '.timeoutInMillis'],
    ['a timeout below 50 ms', [action({ timeoutInMillis: 49 })], '.timeoutInMillis'],
    ['an unknown passthrough', [action({ passthroughBehavior: 'always' })], '.passthroughBehavior'],
    [
      'a request template that is not emulated',
      [action({ requestTemplates: { 'application/json': '$input.params("a")' } })],
      'requestTemplates["application/json"]',
    ],
    [
      'a template without media type',
      [action({ requestTemplates: { $default: '{}' } })],
      'requestTemplates["$default"]',
    ],
    [
      'a method without integration',
      [mock({ operation: { 'x-amazon-apigateway-integration': undefined } })],
      'has no integration',
    ],
    ['an unknown HTTP method', [mockMethod('/', 'brew')], 'paths["/"].brew'],
    ['a path that does not begin with a slash', [mockMethod('a', 'get')], 'would not create a'],
    ['a child of a greedy part', [mockMethod('/{p+}/x', 'get')], 'would not create /{p+}/x'],
    ['an API without methods', [], 'without methods'],
    ['OpenAPI 3.1', [mock({}), { openapi: '3.1.0' }], 'body.openapi'],
    ['a response for any status', [mock({ operation: { responses: { default: {} } } })], 'responses.default'],
    ['an extension that is not emulated', [mock({}), { 'x-amazon-apigateway-policy': {} }], 'policy'],
  ])('%s', (_, parts, message) => {
    expect(() => apiOf(parts)).toThrow(UnsupportedError);
    expect(() => apiOf(parts)).toThrow(message);
  });

  it.each<[string, Resource, string]>([
    ['two APIs', resource('rest_api', 'other', {}), 'rest_api.other'],
    ['two stages', resource('stage', 'other', {}), 'stage.other'],
    ['a base path', resource('base_path_mapping', 'b', { base_path: 'v1' }), 'b.base_path'],
    [
      'a mapping to another API',
      resource('base_path_mapping', 'b', { api_id: 'x', stage_name: 'v1' }),
      'mapping.b',
    ],
    [
      'a type of the service that is not emulated',
      resource('client_certificate', 'c', {}),
      'client_certificate.c',
    ],
  ])('%s', (_, beside, message) => {
    expect(() => apiOf([mock({})], { resources: [beside] })).toThrow(message);
  });

  it.each([
    ['an undeployed stage', { deployment_id: 'other' }, 'deployment_id'],
    ['a variable that API Gateway does not take', { variables: { tone: 'very calm' } }, 'variables["tone"]'],
  ])('%s', (_, change, message) => {
    const stage = resource('stage', 'stage', { stage_name: 'v1', deployment_id: 'deployment', ...change });
    const others = BASE.filter(({ type }) => type !== 'aws_api_gateway_stage');
    const resources = [...others, stage, restApi(mock({}))];
    expect(() => new ApiMappings({ resources, actions: {} })).toThrow(message);
  });
});
