import { serve, type ProxyEvent } from '../../../lambdas/chat/http';
import type { Asker } from '../../../contract/workflow';
import { KeptResponse } from './chat-fixture';

type Authorizer = ProxyEvent['requestContext']['authorizer'];

/** Who asks, as a route is told. */
async function askerOf(authorizer: Authorizer): Promise<Asker | undefined> {
  let told: Asker | undefined;
  const routes = {
    'GET /v1/models': ({ asker }: { readonly asker: Asker }) => {
      told = asker;
      return Promise.resolve();
    },
  };
  const event: ProxyEvent = {
    httpMethod: 'GET',
    resource: '/v1/models',
    pathParameters: null,
    headers: {},
    body: null,
    requestContext: { extendedRequestId: 'request-1', ...(authorizer && { authorizer }) },
  };
  await serve({ routes, tokensPerDay: '5000' }, event, new KeptResponse());
  return told;
}

describe('who asks', () => {
  it('is as the authorizer says, with the caller’s own limit, or none', async () => {
    const limited = { principalId: 'shop', tokensPerDay: '9' };
    expect(await askerOf(limited)).toMatchObject({ caller: 'shop', tokensPerDay: '9' });
    expect(await askerOf({ principalId: 'shop' })).toMatchObject({ caller: 'shop', tokensPerDay: '' });
  });

  it.each<[string, Authorizer]>([
    ['nothing', undefined],
    ['no claims and no scopes', { claims: null, scopes: null } as Authorizer],
  ])(
    'is all callers together, within their limit, where API Gateway has %s of an authorizer',
    async (_, has) => {
      expect(await askerOf(has)).toMatchObject({ caller: '', tokensPerDay: '5000' });
    },
  );
});
