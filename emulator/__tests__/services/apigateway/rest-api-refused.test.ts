import { UnsupportedError, type Resource } from '../../../stack/resource';
import { ACTION, apiOf, BASE, mockMethod, resource, ROOT } from './api-fixture';
import { RestApi } from '../../../services/apigateway/rest-api';

const actionMethod = (change: Parameters<typeof mockMethod>[2] = {}) =>
  mockMethod(ROOT, 'POST', {
    response: { response_templates: {} },
    ...change,
    integration: { ...ACTION, ...change.integration },
  });

describe('what stops the start', () => {
  const without =
    (type: string) =>
    (resources: readonly Resource[]): Resource[] =>
      resources.filter((other) => other.type !== `aws_api_gateway_${type}`);
  const mock = (change: Parameters<typeof mockMethod>[2]) => mockMethod(ROOT, 'GET', change);
  const action = (change: Record<string, unknown>) => actionMethod({ integration: change });

  it.each<[string, Resource[], string]>([
    ['an authorizer', mock({ method: { authorization: 'AWS_IAM' } }), 'root_GET.authorization'],
    ['an API key', mock({ method: { api_key_required: true } }), 'api_key_required'],
    ['a validator that is missing', mock({ method: { request_validator_id: 'x' } }), 'request_validator_id'],
    [
      'a model that is missing',
      mock({ method: { request_models: { 'application/json': 'x' } } }),
      'request_models',
    ],
    [
      'a response model that is missing',
      mock({ methodResponse: { response_models: { 'application/json': 'x' } } }),
      'response_models',
    ],
    [
      'a model that is no schema',
      [...mock({}), resource('model', 'm', { name: 'M', schema: '{"type":"text"}' })],
      'm.schema',
    ],
    [
      'a model with an unknown keyword',
      [...mock({}), resource('model', 'm', { name: 'M', schema: '{"limit":1}' })],
      'm.schema',
    ],
    [
      'a model above 400 KiB',
      [...mock({}), resource('model', 'm', { name: 'M', schema: `{"title":"${'a'.repeat(409_600)}"}` })],
      'm.schema',
    ],
    ['another integration type', mock({ integration: { type: 'HTTP' } }), 'integration.root_GET.type'],
    ['an unknown action', action({ uri: 'arn:aws:apigateway:us-east-1:sqs:action/SendMessage' }), '.uri'],
    ['an action without a role', action({ credentials: undefined }), '.credentials'],
    ['an action called by GET', action({ integration_http_method: 'GET' }), '.integration_http_method'],
    ['a timeout above 29 s', action({ timeout_milliseconds: 29_001 }), '.timeout_milliseconds'],
    ['a timeout below 50 ms', action({ timeout_milliseconds: 49 }), '.timeout_milliseconds'],
    ['an unknown passthrough', action({ passthrough_behavior: 'ALWAYS' }), '.passthrough_behavior'],
    [
      'a request template that is not emulated',
      action({ request_templates: { 'application/json': '$input.params("a")' } }),
      'request_templates["application/json"]',
    ],
    [
      'a template without media type',
      action({ request_templates: { $default: '{}' } }),
      'request_templates["$default"]',
    ],
    ['two methods of one name', [...mock({}), ...mock({})], 'has /GET already'],
    ['a method without integration', without('integration')(mock({})), '0 integrations'],
    [
      'an integration without method',
      [...mock({}), resource('integration', 'x', { resource_id: ROOT, http_method: 'PUT' })],
      'no method /PUT',
    ],
    ['an unknown HTTP method', mockMethod(ROOT, 'BREW'), 'http_method'],
    ['a method of an unknown resource', mockMethod('nowhere', 'GET'), 'resource_id'],
    ['an API without methods', [], 'without methods'],
    ['two APIs', [...mock({}), resource('rest_api', 'other', {})], 'rest_api.other'],
    ['two stages', [...mock({}), resource('stage', 'other', {})], 'stage.other'],
    ['a base path', [...mock({}), resource('base_path_mapping', 'b', { base_path: 'v1' })], 'b.base_path'],
    [
      'a mapping to another API',
      [...mock({}), resource('base_path_mapping', 'b', { api_id: 'x', stage_name: 'v1' })],
      'mapping.b',
    ],
    [
      'a type of the service that is not emulated',
      [...mock({}), resource('usage_plan', 'u', {})],
      'usage_plan.u',
    ],
  ])('%s', (_, resources, message) => {
    expect(() => apiOf(resources)).toThrow(UnsupportedError);
    expect(() => apiOf(resources)).toThrow(message);
  });

  it.each([
    ['an undeployed stage', { deployment_id: 'other' }, 'deployment_id'],
    ['a variable that API Gateway does not take', { variables: { tone: 'very calm' } }, 'variables["tone"]'],
  ])('%s', (_, change, message) => {
    const stage = resource('stage', 'stage', { stage_name: 'v1', deployment_id: 'deployment', ...change });
    const resources = [...without('stage')(BASE), stage, ...mock({})];
    expect(() => new RestApi({ resources, actions: {} })).toThrow(message);
  });
});
