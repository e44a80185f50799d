import { once } from 'node:events';
import {
  ACTION,
  actionMethod,
  apiOf,
  BASE,
  mockMethod,
  model,
  post,
  request,
  restApi,
  resource,
} from './api-fixture';
import { ApiMappings } from '../../../services/apigateway/rest-api';
import { UnsupportedError, type Resource } from '../../../stack/resource';

const validated = [
  model('Question', { type: 'object', required: ['question'] }),
  {
    'x-amazon-apigateway-request-validators': {
      body: { validateRequestBody: true, validateRequestParameters: false },
    },
  },
];
const validatedMethod = {
  requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Question' } } } },
  'x-amazon-apigateway-request-validator': 'body',
};

describe('a request that API Gateway refuses by itself', () => {
  const api = apiOf([
    ...validated,
    actionMethod({ operation: validatedMethod, integration: { passthroughBehavior: 'never' } }),
  ]);
  it.each([
    [
      'an unknown path',
      request('GET', '/nowhere'),
      403,
      'Missing Authentication Token',
      'MissingAuthenticationTokenException',
    ],
    [
      'an unknown method',
      request('DELETE', '/'),
      403,
      'Missing Authentication Token',
      'MissingAuthenticationTokenException',
    ],
    ['a payload that is not JSON', post('{'), 400, 'Invalid request body', 'BadRequestException'],
    [
      'a payload in UTF-16, whatever its content type says',
      post(Buffer.from('{"question":"?"}', 'utf16le'), 'application/json; charset=utf-16'),
      400,
      'Invalid request body',
      'BadRequestException',
    ],
    ['no payload where a model is', post(''), 400, 'Invalid request body', 'BadRequestException'],
    ['a payload against the model', post('{"answer":1}'), 400, 'Invalid request body', 'BadRequestException'],
    [
      'a content type without a template',
      post('question=1', 'text/plain'),
      415,
      'Unsupported Media Type',
      'UnsupportedMediaTypeException',
    ],
  ])('%s', async (_, refused, status, message, errorType) => {
    expect(await api.handle(refused)).toEqual({
      status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-errortype': errorType,
        'x-amzn-requestid': 'request-1',
        'x-amz-apigw-id': 'extended-1',
      },
      body: JSON.stringify({ message }),
    });
  });

  it.each([
    undefined,
    'application/json',
    'Application/JSON; charset=utf-8',
    'application/json; charset=utf-16',
  ])('but not content type %s', async (type) => {
    expect(await api.handle(post('{"question":"?"}', type))).toMatchObject({
      status: 200,
      body: '{"question":"?"}',
    });
  });
});

describe('passthrough of a payload without template', () => {
  it.each([
    ['never', {}, 415],
    ['never', { 'application/json': '{}' }, 415],
    ['when_no_templates', {}, 200],
    ['when_no_templates', { 'application/json': '{}' }, 415],
    ['when_no_match', { 'application/json': '{}' }, 200],
  ])('%s with templates %j: %d', async (passthroughBehavior, requestTemplates, status) => {
    const api = apiOf([actionMethod({ integration: { passthroughBehavior, requestTemplates } })]);
    expect(await api.handle(post('text', 'text/plain'))).toMatchObject({ status });
  });
});

describe('the integration', () => {
  it('calls the action with the role and the mapped payload', async () => {
    const action = jest.fn(() => Promise.resolve({ status: 200, body: 'done' }));
    const template =
      '{"input":"$util.escapeJavaScript($input.body)","id":"$context.requestId","tone":"$stageVariables.tone"}';
    const api = apiOf(
      [actionMethod({ integration: { requestTemplates: { 'application/json': template } } })],
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
    const api = apiOf([actionMethod({ integration: { timeoutInMillis: 50 } })], {
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
    const api = apiOf([actionMethod()], { log, action: () => Promise.reject(new Error('no route to host')) });
    expect(await api.handle(post('{}'))).toMatchObject({ status: 504 });
    expect(log).toHaveBeenCalledWith('(extended-1) INTEGRATION_FAILURE: no route to host');
  });

  it.each([
    ['a template that fails', '$util.parseJson($input.body)', '{', 500],
    ['a payload that a template reads as JSON and is none', '$input.json("$")', '{', 400],
  ])('%s', async (_, template, body, status) => {
    const api = apiOf([
      actionMethod({ integration: { requestTemplates: { 'application/json': template } } }),
    ]);
    expect(await api.handle(post(body))).toMatchObject({ status });
  });

  it('shows an empty payload to a template as {}', async () => {
    expect(await apiOf([actionMethod()]).handle(post(''))).toMatchObject({ body: '{}' });
  });

  it.each(['{}', '{"statusCode":"abc"}', 'text'])(
    'a mock without a status code is an error: %s',
    async (template) => {
      const api = apiOf([
        mockMethod('/', 'get', { integration: { requestTemplates: { 'application/json': template } } }),
      ]);
      expect(await api.handle(request('GET', '/'))).toMatchObject({ status: 500 });
    },
  );
});

describe('a defect of an action or of this server', () => {
  it('is a 500 whose reason is in the log', async () => {
    const log = jest.fn();
    const api = apiOf(
      [actionMethod({ response: { responseTemplates: { 'application/json': '$input.body' } } })],
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
    const api = new ApiMappings({
      resources: [...unmapped, restApi(mockMethod('/', 'get'))],
      actions: {},
      log: () => undefined,
    });
    const statuses = ['/v1', '/v1/', '/', '/v10'].map((path) => api.handle(request('GET', path)));
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([200, 200, 403, 403]);
  });
});

describe('the ids of a request', () => {
  const api = apiOf([
    actionMethod({
      response: {
        responseTemplates: { 'application/json': '["$context.requestId","$context.extendedRequestId"]' },
      },
    }),
  ]);

  it.each([
    [{}, 'request-1'],
    [{ 'x-amzn-requestid': 'any "text"' }, 'any "text"'],
  ])('are API Gateway’s own, but for what a caller sends: %j', async (headers, id) => {
    const { body, headers: answered } = await api.handle(
      request('POST', '/', { body: Buffer.from('{}'), headers }),
    );
    expect(body).toBe(`["${id}","extended-1"]`);
    expect(answered).toMatchObject({ 'x-amzn-requestid': id, 'x-amz-apigw-id': 'extended-1' });
  });
});

/** `GET /health`, which says which API it is and by which path it was asked. */
const telling = (name: string) =>
  mockMethod('/health', 'get', {
    response: { responseTemplates: { 'application/json': `${name} $context.path` } },
  });

const mapping = (values: Record<string, unknown> = {}): Resource => ({
  address: 'aws_apigatewayv2_api_mapping.probe',
  type: 'aws_apigatewayv2_api_mapping',
  name: 'probe',
  values: {
    api_id: 'probe',
    stage: 'probes',
    domain_name: 'probe.example.com',
    api_mapping_key: 'secret',
    ...values,
  },
});

const PUBLIC = [
  ...BASE,
  restApi(telling('public')),
  resource('domain_name', 'public', { domain_name: 'api.example.com' }),
];

const { values, ...api } = restApi(telling('probe'));
const PROBE = [
  { ...api, values: { ...values, id: 'probe' } },
  resource('deployment', 'probe', { id: 'probe-deployment', rest_api_id: 'probe' }),
  resource('stage', 'probe', {
    rest_api_id: 'probe',
    stage_name: 'probes',
    deployment_id: 'probe-deployment',
  }),
  resource('domain_name', 'probe', { domain_name: 'probe.example.com' }),
];

const mapped = (...resources: readonly Resource[]) =>
  new ApiMappings({ resources: [...PUBLIC, ...PROBE, ...resources], actions: {}, log: () => undefined });

describe('a request', () => {
  it.each([
    ['probe.example.com', '/secret/health', 200, 'probe /secret/health'],
    ['127.0.0.1:4001', '/secret/health', 200, 'probe /secret/health'],
    // The key is the probe's domain's alone.
    ['api.example.com', '/secret/health', 403, ''],
    ['api.example.com', '/health', 200, 'public /health'],
    ['127.0.0.1:4001', '/health', 200, 'public /health'],
    ['127.0.0.1:4001', '/secrets/health', 403, ''],
    ['127.0.0.1:4001', '/probes/health', 403, ''],
  ])('of %s for %s is answered with %d', async (host, path, status, says) => {
    const answer = await mapped(mapping()).handle(request('GET', path, { headers: { host } }));
    expect([answer.status, answer.status === 200 ? answer.body : '']).toEqual([status, says]);
  });
});

it.each([
  ['another stage', { stage: 'other' }, 'maps to another API or stage'],
  ['a key of two parts', { api_mapping_key: 'a/b' }, 'only a key of one part is emulated'],
  ['no key', { api_mapping_key: undefined }, 'only a key of one part is emulated'],
])('a mapping with %s stops the start', (_, change, message) => {
  expect(() => mapped(mapping(change))).toThrow(UnsupportedError);
  expect(() => mapped(mapping(change))).toThrow(message);
});
