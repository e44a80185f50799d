import type { AuthorizerOutcome } from '../../../services/apigateway/authorizer';
import { actionMethod, apiOf, mockMethod, request, type Part } from './api-fixture';

const URI =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:authorizer/invocations';
const METHOD_ARN = 'arn:aws:execute-api:us-east-1:123456789012:api/v1/POST/';

const scheme = (authorizer: object): Part => ({
  components: {
    securitySchemes: {
      caller: {
        type: 'apiKey',
        name: 'x-api-key',
        in: 'header',
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': {
          type: 'request',
          authorizerUri: URI,
          authorizerCredentials: 'arn:aws:iam::123456789012:role/api',
          ...authorizer,
        },
      },
    },
  },
});

const policy = (Effect: string, Resource = METHOD_ARN) => ({
  principalId: 'shop',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }],
  },
});

const BY_KEY = { identitySource: 'method.request.header.x-api-key', authorizerResultTtlInSeconds: 60 };
const SECURED = { security: [{ caller: [] }] };

/** An API whose authorizer answers so, and a caller of it. */
function open(answer: () => AuthorizerOutcome | Promise<AuthorizerOutcome>, authorizer: object = BY_KEY) {
  let now = 0;
  const invoke = jest.fn<Promise<AuthorizerOutcome>, [{ event: object }]>(async () => answer());
  const action = jest.fn(({ body }: { body: string }) => Promise.resolve({ status: 200, body }));
  const template = '{"caller":"$context.authorizer.principalId","role":"$context.authorizer.role"}';
  const api = apiOf(
    [
      scheme(authorizer),
      actionMethod({
        operation: SECURED,
        integration: { requestTemplates: { 'application/json': template } },
      }),
      mockMethod('/open', 'get'),
      mockMethod('/orders/{id}', 'delete', { operation: SECURED }),
    ],
    { authorize: invoke, action, now: () => now },
  );
  const ask = async (key?: string) => {
    const headers = key === undefined ? {} : { 'x-api-key': key };
    const { status, body } = await api.handle(request('POST', '/', { headers, body: Buffer.from('{}') }));
    return [status, status === 200 ? (JSON.parse(body) as unknown) : undefined];
  };
  return { api, ask, invoke, action, pass: (seconds: number) => (now += seconds * 1_000) };
}

describe('an authorizer', () => {
  it('is told of the request, and what it says of the caller reaches the template', async () => {
    const { ask, invoke } = open(() => ({ payload: { ...policy('Allow'), context: { role: 'desk' } } }));
    expect(await ask('one')).toEqual([200, { caller: 'shop', role: 'desk' }]);
    expect(invoke).toHaveBeenCalledWith({
      credentials: 'arn:aws:iam::123456789012:role/api',
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:authorizer',
      event: expect.objectContaining({
        type: 'REQUEST',
        methodArn: METHOD_ARN,
        httpMethod: 'POST',
        path: '/',
        headers: { 'x-api-key': 'one' },
      }) as unknown,
    });
  });

  it('is told the path as the caller has it, parameters and all', async () => {
    const { api, invoke } = open(() => ({ payload: policy('Deny') }));
    await api.handle(request('DELETE', '/orders/a*b', { headers: { 'x-api-key': 'one' } }));
    const methodArn = METHOD_ARN.replace('POST/', 'DELETE/orders/a*b');
    expect(invoke.mock.calls[0]?.[0].event).toMatchObject({ methodArn, resource: '/orders/{id}' });
  });

  it('is not asked for a method without it', async () => {
    const { api, invoke } = open(() => ({ payload: policy('Deny') }));
    expect((await api.handle(request('GET', '/open'))).status).toBe(200);
    expect(invoke).not.toHaveBeenCalled();
  });

  it.each<[string, AuthorizerOutcome, number]>([
    ['a policy that denies', { payload: policy('Deny') }, 403],
    ['a policy that allows something else', { payload: policy('Allow', `${METHOD_ARN}other`) }, 403],
    ['a policy that allows everything', { payload: policy('Allow', '*') }, 200],
    ['the error "Unauthorized"', { errorMessage: 'Unauthorized' }, 401],
    ['another error', { errorMessage: 'Not authorized' }, 500],
    ['no policy', { payload: { principalId: 'shop' } }, 500],
    ['no principal', { payload: { ...policy('Allow'), principalId: '' } }, 500],
    ['nested context', { payload: { ...policy('Allow'), context: { a: { b: 1 } } } }, 500],
    ['nothing', { payload: null }, 500],
  ])('with %s, %j, leads to %d, before the backend is called', async (_, outcome, status) => {
    const { ask, action } = open(() => outcome);
    expect((await ask('one'))[0]).toBe(status);
    expect(action).toHaveBeenCalledTimes(status === 200 ? 1 : 0);
  });

  it('that cannot be invoked lets nobody in', async () => {
    expect((await open(() => Promise.reject(new Error('denied'))).ask('one'))[0]).toBe(500);
  });

  it.each([undefined, ''])('is not asked without its source of identity: 401 for %p', async (key) => {
    const { ask, invoke } = open(() => ({ payload: policy('Allow') }));
    expect((await ask(key))[0]).toBe(401);
    expect(invoke).not.toHaveBeenCalled();
  });

  it.each([
    ['Allow', 200],
    ['Deny', 403],
  ])(
    'is remembered with its %s for as long as its time to live, by the source of identity',
    async (effect, status) => {
      const { ask, invoke, pass } = open(() => ({ payload: policy(effect) }));
      const asked = async (key: string) => [(await ask(key))[0], invoke.mock.calls.length];
      expect(await asked('one')).toEqual([status, 1]);
      expect(await asked('one')).toEqual([status, 1]);
      expect(await asked('two')).toEqual([status, 2]);
      pass(59);
      expect(await asked('one')).toEqual([status, 2]);
      pass(1);
      expect(await asked('one')).toEqual([status, 3]);
    },
  );

  it('is asked each time without a time to live, and needs no source of identity then', async () => {
    const { ask, invoke } = open(() => ({ payload: policy('Allow') }), { authorizerResultTtlInSeconds: 0 });
    await ask();
    expect((await ask())[0]).toBe(200);
    expect(invoke).toHaveBeenCalledTimes(2);
  });

  const conditional = policy('Allow');
  Object.assign(conditional.policyDocument.Statement[0] ?? {}, { Condition: { Unheard: { a: 'b' } } });

  it.each<[string, AuthorizerOutcome]>([
    ['it failed', { errorMessage: 'out of order' }],
    ['its policy was one that is not emulated', { payload: conditional }],
  ])('is asked again after %s', async (_, first) => {
    const outcomes: AuthorizerOutcome[] = [first, { payload: policy('Allow') }];
    const { ask } = open(() => outcomes.shift() ?? { errorMessage: '' });
    expect([(await ask('one'))[0], (await ask('one'))[0], (await ask('one'))[0]]).toEqual([500, 200, 200]);
  });

  it.each([
    ['a time to live without a source of identity', { authorizerResultTtlInSeconds: 60 }, 'identitySource'],
    ['a source that is no header', { identitySource: 'context.path' }, 'identitySource'],
    ['more than an hour', { ...BY_KEY, authorizerResultTtlInSeconds: 3_601 }, 'TtlInSeconds'],
    ['no role', { ...BY_KEY, authorizerCredentials: undefined }, 'authorizerCredentials'],
    ['no function', { ...BY_KEY, authorizerUri: 'arn:aws:lambda:x' }, 'authorizerUri'],
    ['another type', { ...BY_KEY, type: 'token' }, 'caller'],
  ])('stops the start with %s', (_, authorizer, message) => {
    const start = () => apiOf([scheme(authorizer), mockMethod('/', 'get', { operation: SECURED })]);
    expect(start).toThrow(message);
  });

  it('stops the start where a method names one that is not there', () => {
    expect(() => apiOf([mockMethod('/', 'get', { operation: SECURED })])).toThrow('no scheme caller');
  });
});
