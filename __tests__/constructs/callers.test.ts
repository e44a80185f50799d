import { App, Testing } from 'cdktf';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callersFault, knownCallers } from '../../constructs/config/callers-config';
import { RegionalStack } from '../../constructs/regional-stack';
import { DEMO_KEY, hashOfKey, usageIdentifier } from '../../contract/callers';
import { shippedConfig, type StackJson } from '../support/synthesize';
import { type Callers, ISSUER, key, OWN, PREFIXED, withCallers } from './callers-fixture';

const folder = mkdtempSync(join(tmpdir(), 'assistant-callers-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function apiOf(callers: Callers) {
  const stack = new RegionalStack(new App({ outdir: folder }), 'primary', {
    config: withCallers(callers),
    role: 'primary',
  });
  const { resource } = JSON.parse(Testing.synth(stack)) as StackJson;
  const { body, lifecycle } = resource.aws_api_gateway_rest_api?.assistant_api ?? {};
  const { paths, components } = JSON.parse(body as string) as {
    paths: Record<string, Record<string, { security?: unknown }>>;
    components: { securitySchemes?: Record<string, Record<string, unknown>> };
  };
  const authorizer = components.securitySchemes?.caller?.['x-amazon-apigateway-authorizer'];
  const secured = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security }]) => security !== undefined)
      .map(([method]) => `${method} ${path}`),
  );
  return { resource, authorizer, secured, lifecycle };
}

describe('what a plan refuses', () => {
  it.each<[string, Callers, string | undefined]>([
    ['a key of one’s own', OWN, undefined],
    ['no key', { mode: 'keys', keys: [] }, undefined],
    ['the key that everybody knows', shippedConfig().callers, 'The key of "demo" is local-demo-key'],
    [
      'that key beside tokens',
      { mode: 'both', keys: [key('desk', DEMO_KEY)], issuers: [PREFIXED] },
      'of "desk"',
    ],
    [
      'that key where no keys count',
      { mode: 'jwt', keys: [key('desk', DEMO_KEY)], issuers: [ISSUER] },
      undefined,
    ],
    [
      'an issuer of this machine',
      { mode: 'jwt', keys: [], issuers: [{ ...ISSUER, issuer: 'http://localhost:9000/realm' }] },
      'cannot ask http://localhost:9000/realm for keys',
    ],
    [
      'an issuer’s keys on this machine',
      { mode: 'jwt', keys: [], issuers: [{ ...ISSUER, jwksUri: 'https://127.0.0.1/keys' }] },
      'cannot ask https://127.0.0.1/keys for keys',
    ],
    ['nobody to be known', { mode: 'none', keys: [] }, 'say "public": true'],
    ['nobody to be known, on purpose', { mode: 'none', public: true, keys: [] }, undefined],
  ])('of %s', (_, callers, said) => {
    const { lifecycle } = apiOf(callers);
    expect(callersFault(callers)).toEqual(said === undefined ? undefined : expect.stringContaining(said));
    expect(lifecycle).toEqual(
      said === undefined
        ? {}
        : { precondition: [{ condition: '${path.module == ""}', error_message: callersFault(callers) }] },
    );
  });
});

describe('what is deployed for callers', () => {
  it('is an authorizer in front of all but health, which is asked each time', () => {
    const { authorizer, secured, resource } = apiOf(OWN);
    expect(secured).toEqual([
      'post /',
      'post /stream',
      'delete /conversations/{id}',
      'post /v1/chat/completions',
      'get /v1/models',
      'get /v1/models/{model}',
    ]);
    expect(authorizer).toMatchObject({ type: 'request', authorizerResultTtlInSeconds: 0 });
    expect(authorizer).not.toHaveProperty('identitySource');
    const { environment } = resource.aws_lambda_function?.assistant_authorizer ?? {};
    const { CALLERS } = (environment as { variables: Record<string, string> }).variables;
    expect(JSON.parse(CALLERS ?? '')).toEqual(knownCallers(OWN, shippedConfig().project));
  });

  it('is an authorizer whose word is remembered by the one header that it looks at, where so configured', () => {
    const cache = { header: 'authorization', seconds: 60 } as const;
    expect(apiOf({ ...OWN, cache }).authorizer).toMatchObject({
      identitySource: 'method.request.header.authorization',
      authorizerResultTtlInSeconds: 60,
    });
    expect(knownCallers({ ...OWN, cache }, 'assistant')?.headers).toEqual(['authorization']);
  });

  it('is nothing where everybody may ask', () => {
    const { authorizer, secured, resource } = apiOf({ mode: 'none', public: true, keys: [] });
    expect([authorizer, secured]).toEqual([undefined, []]);
    expect(Object.keys(resource.aws_lambda_function ?? {})).not.toContain('assistant_authorizer');
  });

  it('is watched: by what it fails at, and by what Lambda does not begin', () => {
    const watched = (callers: Callers) => {
      const { aws_lambda_function: functions, aws_cloudwatch_metric_alarm: alarms } = apiOf(callers).resource;
      const FunctionName = functions?.assistant_authorizer?.function_name;
      return Object.values(alarms ?? {})
        .filter(({ dimensions }) => (dimensions as { FunctionName?: unknown }).FunctionName === FunctionName)
        .filter(({ namespace }) => namespace === 'AWS/Lambda')
        .map(({ metric_name: metric }) => metric);
    };
    expect(watched(OWN)).toEqual(['Errors', 'Throttles']);
    expect(watched({ mode: 'none', public: true, keys: [] })).toEqual([]);
  });

  it('knows the callers of both, keys by their hashes and issuers by where their keys are', () => {
    expect(
      knownCallers({ mode: 'both', keys: [key('shop', 'one')], issuers: [PREFIXED] }, 'assistant'),
    ).toEqual({
      project: 'assistant',
      mode: 'both',
      headers: ['x-api-key', 'authorization'],
      keys: { [hashOfKey('one')]: 'shop' },
      tokensPerDay: { usual: 0, of: {} },
      issuers: [
        { ...PREFIXED, callerClaim: 'sub', jwksUri: 'https://issuer.company.com/.well-known/jwks.json' },
      ],
    });
  });

  it.each([
    ['https://issuer.company.com/', 'https://issuer.company.com/.well-known/jwks.json'],
    ['https://issuer.company.com/tenant/', 'https://issuer.company.com/tenant/.well-known/jwks.json'],
  ])('takes an issuer as its tokens have it, %s, and its keys from %s', (issuer, jwksUri) => {
    const { callers } = withCallers({ mode: 'jwt', keys: [], issuers: [{ ...ISSUER, issuer }] });
    expect(knownCallers(callers, 'assistant')?.issuers).toMatchObject([{ issuer, jwksUri }]);
  });
});

describe('what a refused caller is told', () => {
  const cache = { header: 'authorization', seconds: 300 } as const;
  it.each<[string, Callers, string]>([
    ['a key', OWN, 'Show a key as "x-api-key: …" or "Authorization: Bearer …". There'],
    ['a token', { mode: 'jwt', keys: [], issuers: [ISSUER] }, 'Show a token as "x-api-key: …" or'],
    ['either', { mode: 'both', keys: [], issuers: [PREFIXED] }, 'Show a key or token as'],
    ['a key in one header', { ...OWN, cache }, 'Show a key as "Authorization: Bearer …". There'],
  ])('is to show %s, where that is what lets in', (_, callers, told) => {
    const body = JSON.stringify(
      apiOf(callers).resource.aws_api_gateway_rest_api?.assistant_api?.body,
    ).replaceAll('\\', '');
    expect(body.split(told)).toHaveLength(3);
  });
});

describe('by which usage plans tell callers apart', () => {
  const identifiers = ({ resource }: ReturnType<typeof apiOf>) =>
    Object.entries(resource.aws_api_gateway_api_key ?? {}).map(([name, { value }]) => [name, value] as const);
  const plan = (callers: Callers, name: string) =>
    apiOf(callers).resource.aws_api_gateway_usage_plan?.[`assistant_api_usage_plans_${name}`];

  it('is what the authorizer says of them, and no key that anybody could show', () => {
    const callers: Callers = {
      mode: 'both',
      keys: [key('shop', 'one'), key('shop', 'two')],
      issuers: [PREFIXED],
      limitsOf: { 'sso:desk@company.com': {} },
    };
    const known = knownCallers(callers, shippedConfig().project);
    if (known === undefined) throw new Error('Nobody is known.');
    const planned = identifiers(apiOf(callers)).sort();
    expect(planned).toEqual([
      [
        expect.stringMatching(
          /^assistant_api_usage_plans_caller_sso_desk_company_com_[0-9a-f]{8}_identifier$/,
        ),
        usageIdentifier(known, 'sso:desk@company.com'),
      ],
      ['assistant_api_usage_plans_shop_identifier', usageIdentifier(known, 'shop')],
      ['assistant_api_usage_plans_token_callers_identifier', usageIdentifier(known, 'of-a-token')],
    ]);
    for (const [, value] of planned) {
      expect(value).toMatch(/^[0-9a-f]{64}$/);
      expect(known.keys).not.toHaveProperty(value as string);
    }
  });

  it('has each caller’s rate, or that of all', () => {
    const limits = { rate: { requestsPerSecond: 3, burst: 6 } };
    const limitsOf = { shop: { rate: { requestsPerSecond: 7, burst: 8 } } };
    const callers = { ...OWN, keys: [...OWN.keys, key('desk', 'two')], limits, limitsOf };
    expect(plan(callers, 'desk')?.throttle_settings).toEqual({ burst_limit: 6, rate_limit: 3 });
    expect(plan(callers, 'shop')?.throttle_settings).toEqual({ burst_limit: 8, rate_limit: 7 });
    expect(plan(OWN, 'shop')).not.toHaveProperty('throttle_settings');
  });

  it('is one for each name, also where addresses cannot tell names apart', () => {
    const names = ['jane.doe@x.io', 'jane-doe@x.io', 'a|b', 'a:b', 'token_callers', 'Shop', 'mlops'];
    const keys = ['primary', 'secondary', 'default', 'token-callers', 'caller-a', 'shop'];
    const callers: Callers = {
      mode: 'both',
      keys: keys.map((name) => key(name, name)),
      issuers: [PREFIXED],
      limitsOf: Object.fromEntries(names.map((name) => [name, {}])),
    };
    const values = identifiers(apiOf(callers)).map(([, value]) => value);
    expect(new Set(values).size).toBe(names.length + keys.length + 1);
  });

  it('stays for a caller whose last key is revoked', () => {
    const rate = { requestsPerSecond: 7, burst: 8 };
    const callers = { ...OWN, keys: [], limitsOf: { shop: { rate } } };
    expect(plan(callers, 'shop')?.throttle_settings).toEqual({ burst_limit: 8, rate_limit: 7 });
  });

  it('is not there where nobody is known', () => {
    const { resource } = apiOf({ mode: 'none', public: true, keys: [] });
    expect([resource.aws_api_gateway_usage_plan, resource.aws_api_gateway_api_key]).toEqual([
      undefined,
      undefined,
    ]);
    expect(resource.aws_api_gateway_rest_api?.assistant_api).not.toHaveProperty('api_key_source');
  });
});

describe('a change of keys', () => {
  it('changes what the authorizer knows, and nothing else', () => {
    const leaves = (callers: Callers) => {
      const { resource } = apiOf(callers);
      return Object.entries(resource).flatMap(([type, byName]) =>
        Object.entries(byName).map(([name, values]) => [`${type}.${name}`, JSON.stringify(values)] as const),
      );
    };
    const before = new Map(leaves(OWN));
    const after = leaves({ ...OWN, keys: [...OWN.keys, key('shop', 'two')] });
    const changed = after.filter(([address, values]) => before.get(address) !== values);
    expect(changed.map(([address]) => address)).toEqual(['aws_lambda_function.assistant_authorizer']);
  });
});
