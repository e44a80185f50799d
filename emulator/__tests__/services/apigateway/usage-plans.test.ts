import { apiOf, mockMethod, request, resource } from './api-fixture';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:authorizer';
const METHOD = mockMethod('/', 'get', { operation: { security: [{ caller: [] }, { api_key: [] }] } });
const SCHEMES = {
  components: {
    securitySchemes: {
      api_key: { type: 'apiKey', name: 'x-api-key', in: 'header' },
      caller: {
        type: 'apiKey',
        name: 'x-api-key',
        in: 'header',
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': {
          type: 'request',
          authorizerUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`,
          authorizerCredentials: 'arn:aws:iam::123456789012:role/api',
          authorizerResultTtlInSeconds: 0,
        },
      },
    },
  },
};

/** A plan of the stage `v1` with a key of the same name. */
const plan = (
  name: string,
  burst: number | undefined,
  changes: { stage?: string; enabled?: boolean } = {},
) => [
  resource('usage_plan', name, {
    id: `plan-${name}`,
    api_stages: [{ api_id: 'api', stage: changes.stage ?? 'v1' }],
    ...(burst !== undefined && { throttle_settings: [{ rate_limit: 1, burst_limit: burst }] }),
  }),
  resource('api_key', name, { id: `key-${name}`, value: name, enabled: changes.enabled ?? true }),
  resource('usage_plan_key', name, { usage_plan_id: `plan-${name}`, key_id: `key-${name}` }),
];

/** An API whose authorizer takes the header `who` for what plans know a caller by. */
function open(source: 'AUTHORIZER' | 'HEADER', ...resources: ReturnType<typeof resource>[]) {
  let now = 0;
  const api = apiOf([METHOD, SCHEMES], {
    resources,
    apiKeySource: source,
    now: () => now,
    authorize: ({ event }) =>
      Promise.resolve({
        payload: {
          principalId: 'somebody',
          usageIdentifierKey: (event as { headers: Record<string, string> }).headers.who,
          policyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
          },
        },
      }),
  });
  return {
    ask: async (headers: Record<string, string>, times = 1) => {
      const statuses: number[] = [];
      for (let asked = 0; asked < times; asked += 1) {
        statuses.push((await api.handle(request('GET', '/', { headers }))).status);
      }
      return statuses;
    },
    wait: (ms: number) => {
      now += ms;
    },
  };
}

describe('usage plans, by what an authorizer says', () => {
  it('hold each key at its own rate', async () => {
    const { ask, wait } = open('AUTHORIZER', ...plan('loud', 2), ...plan('quiet', 1));
    expect(await ask({ who: 'loud' }, 4)).toEqual([200, 200, 429, 429]);
    expect(await ask({ who: 'quiet' })).toEqual([200]);
    wait(1_000);
    expect(await ask({ who: 'loud' }, 2)).toEqual([200, 429]);
  });

  it('let a key pass whose plan has no throttle', async () => {
    expect(await open('AUTHORIZER', ...plan('free', undefined)).ask({ who: 'free' }, 3)).toEqual([
      200, 200, 200,
    ]);
  });

  it.each([
    ['unknown', { who: 'nobody' }, plan('shop', 1)],
    ['not said', {}, plan('shop', 1)],
    ['in a header', { 'x-api-key': 'shop' }, plan('shop', 1)],
    ['disabled', { who: 'shop' }, plan('shop', 1, { enabled: false })],
    ['another stage’s', { who: 'shop' }, plan('shop', 1, { stage: 'v2' })],
  ])('are refused with 403 by a key that is %s', async (_, headers, resources) => {
    expect(await open('AUTHORIZER', ...resources).ask(headers as Record<string, string>)).toEqual([403]);
  });
});

it('usage plans take the key of the header where the API says so', async () => {
  const { ask } = open('HEADER', ...plan('shop', 1));
  expect(await ask({ 'x-api-key': 'shop', who: 'nobody' }, 2)).toEqual([200, 429]);
});
