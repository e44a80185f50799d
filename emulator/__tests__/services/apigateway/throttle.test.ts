import { accountBucket, MethodThrottles, TokenBucket } from '../../../services/apigateway/throttle';
import { apiOf, mockMethod, request, resource } from './api-fixture';

const taken = (take: () => boolean, tries: number): number =>
  Array.from({ length: tries }, take).filter(Boolean).length;

const settings = (path: string, rate?: number, burst?: number) =>
  resource('method_settings', path, {
    method_path: path,
    settings: [{ throttling_rate_limit: rate, throttling_burst_limit: burst }],
  });

describe('TokenBucket', () => {
  it('holds a burst, and refills at its rate up to the burst', () => {
    let now = 0;
    const bucket = new TokenBucket(2, 5, () => now);
    expect(taken(() => bucket.take(), 10)).toBe(5);
    now = 1_000;
    expect(taken(() => bucket.take(), 10)).toBe(2);
    now = 60_000;
    expect(taken(() => bucket.take(), 10)).toBe(5);
  });
});

describe('MethodThrottles', () => {
  const methods = ['/POST', '/health/GET'];
  const throttles = (...resources: ReturnType<typeof settings>[]) =>
    new MethodThrottles(
      resources,
      methods,
      () => 0,
      accountBucket(() => 0),
    );

  it('gives each method its own bucket of the settings for all', () => {
    const all = throttles(settings('*/*', 1, 3));
    expect([taken(all.of('/POST'), 9), taken(all.of('/health/GET'), 9)]).toEqual([3, 3]);
  });

  it("puts a method's own settings before those for all", () => {
    const own = throttles(settings('*/*', 1, 3), settings('health/GET', 1, 7));
    expect([taken(own.of('/POST'), 9), taken(own.of('/health/GET'), 9)]).toEqual([3, 7]);
  });

  it("takes ~1 for the root's slash", () => {
    expect(taken(throttles(settings('~1/POST', 1, 2)).of('/POST'), 9)).toBe(2);
  });

  it("leaves a method without limits the account's burst of 5,000, shared by all", () => {
    const account = throttles(settings('*/*'));
    expect(taken(account.of('/POST'), 4_000) + taken(account.of('/health/GET'), 4_000)).toBe(5_000);
  });

  it.each([
    ['a method that the API does not have', settings('health/PUT', 1, 1), 'no method /health/PUT'],
    ['a rate without a burst', settings('*/*', 1), 'throttling_burst_limit'],
  ])('refuses %s', (_, resource_, message) => {
    expect(() => throttles(resource_)).toThrow(message);
  });
});

describe('a throttled API', () => {
  it('answers 429 until the bucket has refilled', async () => {
    let now = 0;
    const api = apiOf([mockMethod('/', 'get')], { resources: [settings('*/*', 1, 1)], now: () => now });
    const statuses = [];
    for (const time of [0, 500, 1_000]) {
      now = time;
      statuses.push(await api.handle(request('GET', '/')).then(({ status }) => status));
    }
    expect(statuses).toEqual([200, 429, 200]);
  });
});

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
