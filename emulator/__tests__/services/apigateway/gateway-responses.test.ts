import { readDefinition } from '../../../services/apigateway/api-definition';
import { GatewayResponses } from '../../../services/apigateway/gateway-responses';
import type { RequestContext } from '../../../services/apigateway/velocity/host';
import { UnsupportedError } from '../../../stack/resource';
import { gatewayResponse, mockMethod, restApi, type Part } from './api-fixture';

const CONTEXT = { requestId: 'request-1', path: '/x' } as RequestContext;
const json = (template: string) => ({ responseTemplates: { 'application/json': template } });
const responses = (...parts: readonly Part[]) =>
  new GatewayResponses(readDefinition(restApi(mockMethod('/', 'get'), ...parts)), { tone: 'calm' });

describe('GatewayResponses', () => {
  it("are API Gateway's own without resources", () => {
    expect(responses().render('THROTTLED', CONTEXT)).toEqual({
      status: 429,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'TooManyRequestsException' },
      body: '{"message":"Too Many Requests"}',
    });
  });

  it('have the status, the headers and the body of their resource', () => {
    const own = gatewayResponse('THROTTLED', {
      statusCode: '503',
      responseParameters: {
        'gatewayresponse.header.Retry-After': "'5'",
        'gatewayresponse.header.X-Id': 'context.requestId',
      },
      ...json(
        '{"m":$context.error.messageString,"t":"$context.error.responseType","s":"$stageVariables.tone $context.path."}',
      ),
    });
    expect(responses(own).render('THROTTLED', CONTEXT)).toEqual({
      status: 503,
      headers: {
        'content-type': 'application/json',
        'x-amzn-errortype': 'TooManyRequestsException',
        'retry-after': '5',
        'x-id': 'request-1',
      },
      body: '{"m":"Too Many Requests","t":"THROTTLED","s":"calm /x."}',
    });
  });

  it.each([
    ['MISSING_AUTHENTICATION_TOKEN', 'MissingAuthenticationTokenException'],
    ['BAD_REQUEST_BODY', 'BadRequestException'],
    ['THROTTLED', 'TooManyRequestsException'],
    ['INTEGRATION_TIMEOUT', 'InternalServerErrorException'],
    ['API_CONFIGURATION_ERROR', 'InternalServerErrorException'],
  ] as const)('name the exception of %s in a header: %s', (type, name) => {
    expect(responses().render(type, CONTEXT).headers['x-amzn-errortype']).toBe(name);
  });

  it('fall back to DEFAULT_4XX and DEFAULT_5XX, keeping the status unless these set one', () => {
    const both = responses(
      gatewayResponse('DEFAULT_4XX', json('4')),
      gatewayResponse('DEFAULT_5XX', { statusCode: 503, ...json('5') }),
    );
    expect(both.render('BAD_REQUEST_BODY', CONTEXT)).toMatchObject({ status: 400, body: '4' });
    expect(both.render('INTEGRATION_TIMEOUT', CONTEXT)).toMatchObject({ status: 503, body: '5' });
  });

  it.each([
    ['a directive', '#if(true)x#end'],
    ['a function', '$context.requestId.length()'],
    ['an unknown variable', '$context.error.validationErrorString'],
    ['an undeclared stage variable', '$stageVariables.mood'],
    ['a wrapped reference', '${context.requestId}'],
    ['another root', '$input.body'],
    ['a stray $', '$5'],
  ])('refuse %s in a template: %s', (_, template) => {
    expect(() => responses(gatewayResponse('THROTTLED', json(template)))).toThrow(UnsupportedError);
  });

  it('refuse an unknown type', () => {
    expect(() => responses(gatewayResponse('TEAPOT', {}))).toThrow('TEAPOT');
  });
});
