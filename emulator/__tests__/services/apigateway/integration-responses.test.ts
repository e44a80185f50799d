import { UnsupportedError } from '../../../stack/resource';
import { ACTION, apiOf, mockMethod, post } from './api-fixture';

const RETRY = 'method.response.header.Retry-After';
type Values = Record<string, unknown>;

/** `POST /`, of whose responses and integration responses there are these alone. */
const methodOf = (responses: Values, integrationResponses: Values) =>
  mockMethod('/', 'post', {
    operation: { responses },
    integration: { ...ACTION, responses: integrationResponses },
  });
const declared = (...headers: readonly string[]) => ({
  description: '',
  headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])),
});
const template = (text: string) => ({ responseTemplates: { 'application/json': text } });

describe('integration responses', () => {
  const api = (status: number) =>
    apiOf(
      [
        methodOf(
          { 201: declared(), 503: declared('Retry-After') },
          {
            '2\\d{2}': { statusCode: '201', ...template('') },
            '[45]\\d{2}': {
              statusCode: '503',
              responseParameters: { [RETRY]: "'5'" },
              ...template('{"id":"$context.requestId"}'),
            },
          },
        ),
      ],
      { action: ({ body }) => Promise.resolve({ status, body }) },
    );

  it('are chosen by the whole status of the backend', async () => {
    expect(await api(200).handle(post('as it came'))).toMatchObject({ status: 201, body: 'as it came' });
    expect(await api(429).handle(post('x'))).toEqual({
      status: 503,
      headers: {
        'content-type': 'application/json',
        'retry-after': '5',
        'x-amzn-requestid': 'request-1',
        'x-amz-apigw-id': 'extended-1',
      },
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
  const respond = (text: string, body = '{}') =>
    apiOf([methodOf({ 200: declared() }, { default: { statusCode: '200', ...template(text) } })]).handle(
      post(body),
    );

  it('sets the status and headers, over those mapped', async () => {
    const text =
      '#set($context.responseOverride.status = $input.path("$.status"))#set($context.responseOverride.header.Retry-After = "5")' +
      '#set($context.responseOverride.header["Content-Type"] = "text/plain")busy';
    expect(await respond(text, '{"status":429}')).toEqual({
      status: 429,
      headers: {
        'content-type': 'text/plain',
        'retry-after': '5',
        'x-amzn-requestid': 'request-1',
        'x-amz-apigw-id': 'extended-1',
      },
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
  const response = (values: Values) => ({ statusCode: '200', ...values });
  it.each<[string, Values, Values, string]>([
    ['a response that the method does not declare', {}, { default: response({}) }, 'statusCode'],
    [
      'a header that the method does not declare',
      { 200: declared() },
      { default: response({ responseParameters: { [RETRY]: "'5'" } }) },
      'responseParameters',
    ],
    [
      'a header mapped from the backend',
      { 200: declared('Retry-After') },
      { default: response({ responseParameters: { [RETRY]: 'integration.response.header.x' } }) },
      'responseParameters',
    ],
    [
      'a header that API Gateway keeps for itself',
      { 200: declared('Via') },
      { default: response({ responseParameters: { 'method.response.header.Via': "'x'" } }) },
      'header.Via',
    ],
    [
      'a template for another type',
      { 200: declared() },
      { default: response({ responseTemplates: { 'text/plain': 'x' } }) },
      'text/plain',
    ],
    [
      'a pattern that cannot be translated',
      { 200: declared() },
      { '(?i)x': response({}) },
      'responses["(?i)x"]',
    ],
    [
      'two responses for one status',
      { 200: declared(), 201: declared() },
      { '2\\d+': response({}), '2\\d{2}': { statusCode: '201' } },
      'the same status',
    ],
  ])('%s', (_, responses, integrationResponses, message) => {
    const start = () => apiOf([methodOf(responses, integrationResponses)]);
    expect(start).toThrow(UnsupportedError);
    expect(start).toThrow(message);
  });
});
