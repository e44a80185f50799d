import { once } from 'node:events';
import { UnsupportedError, type Resource } from '../../../local/terraform/resource';
import { ACTION, apiOf, BASE, mockMethod, post, request, resource, ROOT } from './api-fixture';
import { RestApi } from '../../../local/apigateway/rest-api';

const validated = [
  resource('model', 'm', { name: 'Question', schema: '{"type":"object","required":["question"]}' }),
  resource('request_validator', 'v', { id: 'validator', validate_request_body: true }),
];
const validatedMethod = {
  request_models: { 'application/json': 'Question' },
  request_validator_id: 'validator',
};
const actionMethod = (change: Parameters<typeof mockMethod>[2] = {}) =>
  mockMethod(ROOT, 'POST', {
    response: { response_templates: {} },
    ...change,
    integration: { ...ACTION, ...change.integration },
  });

describe('a request that API Gateway refuses by itself', () => {
  const api = apiOf([
    ...validated,
    ...actionMethod({ method: validatedMethod, integration: { passthrough_behavior: 'NEVER' } }),
  ]);
  it.each([
    ['an unknown path', request('GET', '/nowhere'), 403, 'Missing Authentication Token'],
    ['an unknown method', request('DELETE', '/'), 403, 'Missing Authentication Token'],
    ['a payload above 10 MiB', post(Buffer.alloc(10 * 1024 * 1024 + 1, 32)), 413, 'Request Too Long'],
    ['a payload that is not JSON', post('{'), 400, 'Invalid request body'],
    ['no payload where a model is', post(''), 400, 'Invalid request body'],
    ['a payload against the model', post('{"answer":1}'), 400, 'Invalid request body'],
    ['a content type without a template', post('question=1', 'text/plain'), 415, 'Unsupported Media Type'],
  ])('%s', async (_, refused, status, message) => {
    expect(await api.handle(refused)).toEqual({
      status,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1' },
      body: JSON.stringify({ message }),
    });
  });

  it.each([undefined, 'application/json', 'Application/JSON; charset=utf-8'])(
    'but not content type %s',
    async (type) => {
      expect(await api.handle(post('{"question":"?"}', type))).toMatchObject({
        status: 200,
        body: '{"question":"?"}',
      });
    },
  );

  it('takes a payload of 10 MiB', async () => {
    const body = `{"question":"${'a'.repeat(10 * 1024 * 1024 - 15)}"}`;
    expect(await api.handle(post(body))).toMatchObject({ status: 200 });
  });
});

describe('passthrough of a payload without template', () => {
  it.each([
    ['NEVER', {}, 415],
    ['NEVER', { 'application/json': '{}' }, 415],
    ['WHEN_NO_TEMPLATES', {}, 200],
    ['WHEN_NO_TEMPLATES', { 'application/json': '{}' }, 415],
    ['WHEN_NO_MATCH', { 'application/json': '{}' }, 200],
  ])('%s with templates %j: %d', async (passthrough_behavior, request_templates, status) => {
    const api = apiOf(actionMethod({ integration: { passthrough_behavior, request_templates } }));
    expect(await api.handle(post('text', 'text/plain'))).toMatchObject({ status });
  });
});

describe('the integration', () => {
  it('calls the action with the role and the mapped payload', async () => {
    const action = jest.fn(() => Promise.resolve({ status: 200, body: 'done' }));
    const template =
      '{"input":"$util.escapeJavaScript($input.body)","id":"$context.requestId","tone":"$stageVariables.tone"}';
    const api = apiOf(
      actionMethod({ integration: { request_templates: { 'application/json': template } } }),
      { action },
    );
    expect(await api.handle(post('"a"'))).toMatchObject({ status: 200, body: 'done' });
    expect(action).toHaveBeenCalledWith({
      credentials: ACTION.credentials,
      body: '{"input":"\\"a\\"","id":"request-1","tone":"calm"}',
      signal: expect.any(AbortSignal) as unknown,
    });
  });

  it('ends at its timeout with 504, and tells the action', async () => {
    let aborted: Promise<unknown> = Promise.resolve();
    const api = apiOf(actionMethod({ integration: { timeout_milliseconds: 50 } }), {
      action: ({ signal }) => {
        aborted = once(signal, 'abort');
        return new Promise(() => undefined);
      },
    });
    expect(await api.handle(post('{}'))).toMatchObject({
      status: 504,
      body: '{"message":"Endpoint request timed out"}',
    });
    await expect(aborted).resolves.toBeDefined();
  });

  it('answers 504 for an action that fails, and logs why', async () => {
    const log = jest.fn();
    const api = apiOf(actionMethod(), { log, action: () => Promise.reject(new Error('no route to host')) });
    expect(await api.handle(post('{}'))).toMatchObject({ status: 504 });
    expect(log).toHaveBeenCalledWith('(request-1) INTEGRATION_FAILURE: no route to host');
  });

  it.each([
    ['a template that fails', '$util.parseJson($input.body)', '{', 500],
    ['a payload that a template reads as JSON and is none', '$input.json("$")', '{', 400],
  ])('%s', async (_, template, body, status) => {
    const api = apiOf(actionMethod({ integration: { request_templates: { 'application/json': template } } }));
    expect(await api.handle(post(body))).toMatchObject({ status });
  });

  it('shows an empty payload to a template as {}', async () => {
    expect(await apiOf(actionMethod()).handle(post(''))).toMatchObject({ body: '{}' });
  });

  it.each(['{}', '{"statusCode":"abc"}', 'text'])(
    'a mock without a status code is an error: %s',
    async (template) => {
      const api = apiOf(
        mockMethod(ROOT, 'GET', { integration: { request_templates: { 'application/json': template } } }),
      );
      expect(await api.handle(request('GET', '/'))).toMatchObject({ status: 500 });
    },
  );
});

describe('a defect of an action or of this server', () => {
  it('is a 500 whose reason is in the log', async () => {
    const log = jest.fn();
    const api = apiOf(
      actionMethod({ response: { response_templates: { 'application/json': '$input.body' } } }),
      {
        log,
        action: () => Promise.resolve(undefined as never),
      },
    );
    expect(await api.handle(post('{}'))).toMatchObject({ status: 500 });
    expect(log).toHaveBeenCalledTimes(1);
  });
});

describe('the stage', () => {
  it('stands in the path where no domain is mapped', async () => {
    const unmapped = BASE.filter(({ type }) => type !== 'aws_api_gateway_base_path_mapping');
    const api = new RestApi({
      resources: [...unmapped, ...mockMethod(ROOT, 'GET')],
      actions: {},
      log: () => undefined,
    });
    const statuses = ['/v1', '/v1/', '/', '/v10'].map((path) => api.handle(request('GET', path)));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 200, 403, 403]);
  });
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
      'a request template that is not acted out',
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
      'a type of the service that is not acted out',
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
