import { UnsupportedError } from '../../../stack/resource';
import { ACTION, apiOf, mockMethod, post, resource, ROOT } from './api-fixture';

const COMMON = { resource_id: ROOT, http_method: 'POST' };
const RETRY = 'method.response.header.Retry-After';
const methodResponse = (status: string, response_parameters = {}) =>
  resource('method_response', status, { ...COMMON, status_code: status, response_parameters });
const integrationResponse = (status: string, values: Record<string, unknown>) =>
  resource('integration_response', status, { ...COMMON, status_code: status, ...values });

const method = mockMethod(ROOT, 'POST', { integration: ACTION }).filter(
  ({ type }) => !type.endsWith('_response'),
);

describe('integration responses', () => {
  const api = (status: number) =>
    apiOf(
      [
        ...method,
        methodResponse('201'),
        methodResponse('503', { [RETRY]: true }),
        integrationResponse('201', {
          selection_pattern: '2\\d{2}',
          response_templates: { 'application/json': '' },
        }),
        integrationResponse('503', {
          selection_pattern: '[45]\\d{2}',
          response_parameters: { [RETRY]: "'5'" },
          response_templates: { 'application/json': '{"id":"$context.requestId"}' },
        }),
      ],
      { action: ({ body }) => Promise.resolve({ status, body }) },
    );

  it('are chosen by the whole status of the backend', async () => {
    expect(await api(200).handle(post('as it came'))).toMatchObject({ status: 201, body: 'as it came' });
    expect(await api(429).handle(post('x'))).toEqual({
      status: 503,
      headers: { 'content-type': 'application/json', 'retry-after': '5', 'x-amzn-requestid': 'request-1' },
      body: '{"id":"request-1"}',
    });
  });

  it('end in 500 where none is for the status', async () => {
    expect(await api(302).handle(post('x'))).toMatchObject({
      status: 500,
      body: '{"message":"Internal server error"}',
    });
  });
});

describe('$context.responseOverride', () => {
  const respond = (template: string, body = '{}') =>
    apiOf([
      ...method,
      methodResponse('200'),
      integrationResponse('200', { response_templates: { 'application/json': template } }),
    ]).handle(post(body));

  it('sets the status and headers, over those mapped', async () => {
    const template =
      '#set($context.responseOverride.status = $input.path("$.status"))#set($context.responseOverride.header.Retry-After = "5")' +
      '#set($context.responseOverride.header["Content-Type"] = "text/plain")busy';
    expect(await respond(template, '{"status":429}')).toEqual({
      status: 429,
      headers: { 'content-type': 'text/plain', 'retry-after': '5', 'x-amzn-requestid': 'request-1' },
      body: 'busy',
    });
  });

  it.each(['"429"', '99', '600', '$input.path("$.missing")'])(
    'is ignored for the status %s',
    async (status) => {
      expect(await respond(`#set($context.responseOverride.status = ${status})`)).toMatchObject({
        status: 200,
      });
    },
  );

  it.each(['status', 'header.A'])('is final: %s twice is an error', async (name) => {
    const set = `#set($context.responseOverride.${name} = 201)`;
    expect(await respond(set + set)).toMatchObject({ status: 500 });
  });
});

describe('what stops the start', () => {
  it.each([
    ['a response that the method does not declare', [integrationResponse('200', {})], 'status_code'],
    [
      'a header that the method does not declare',
      [methodResponse('200'), integrationResponse('200', { response_parameters: { [RETRY]: "'5'" } })],
      'response_parameters',
    ],
    [
      'a header mapped from the backend',
      [
        methodResponse('200', { [RETRY]: true }),
        integrationResponse('200', { response_parameters: { [RETRY]: 'integration.response.header.x' } }),
      ],
      'response_parameters',
    ],
    [
      'a header that API Gateway keeps for itself',
      [
        methodResponse('200', { 'method.response.header.Via': true }),
        integrationResponse('200', { response_parameters: { 'method.response.header.Via': "'x'" } }),
      ],
      'header.Via',
    ],
    [
      'a template for another type',
      [methodResponse('200'), integrationResponse('200', { response_templates: { 'text/plain': 'x' } })],
      'text/plain',
    ],
    [
      'a pattern that cannot be translated',
      [methodResponse('200'), integrationResponse('200', { selection_pattern: '(?i)x' })],
      'selection_pattern',
    ],
    [
      'two responses for one status',
      ['200', '201'].flatMap((status) => [
        methodResponse(status),
        integrationResponse(status, { selection_pattern: '2\\d+' }),
      ]),
      'selection_pattern',
    ],
    [
      'two defaults',
      ['200', '201'].flatMap((status) => [methodResponse(status), integrationResponse(status, {})]),
      'selection_pattern',
    ],
  ])('%s', (_, resources, message) => {
    expect(() => apiOf([...method, ...resources])).toThrow(UnsupportedError);
    expect(() => apiOf([...method, ...resources])).toThrow(message);
  });
});
