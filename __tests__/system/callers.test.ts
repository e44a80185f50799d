import { PORTS } from '@assistant/emulator';
import { ApiMappings } from '@assistant/emulator/run';
import { DEMO_KEY, hashOfKey } from '../../contract/callers';
import { AUDIENCE, badTokens, startIssuer, type TokenIssuer } from '../support/issuer';
import { letIn, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';
import { untilServedBy } from '../support/until-healthy';

const REGIONS = ['primary', 'secondary'] as const;
const QUESTION = '{"question":"Hi?"}';
const created = '2026-11-25';
const SECRET = 'a-key-of-the-shop';

let issuer: TokenIssuer;
let running: RunningSystem;
beforeAll(async () => {
  issuer = await startIssuer();
  running = await startSystem({
    // It would ask, too.
    canary: { enabled: false, requestTypes: ['general'] },
    callers: {
      mode: 'both',
      keys: [
        { name: 'shop', sha256: hashOfKey('an-old-key-of-the-shop'), created },
        { name: 'shop', sha256: hashOfKey(SECRET), created },
      ],
      issuers: [{ issuer: issuer.issuer, audience: [AUDIENCE], callerPrefix: 'token:' }],
    },
  });
});
afterAll(async () => {
  await running.stop();
  issuer.close();
});

type Port = 'failover' | (typeof REGIONS)[number];

/** Without the key that other tests' requests have. */
async function ask(headers: Record<string, string>, at: Port, body = QUESTION, of = running) {
  const response = await fetch(`http://127.0.0.1:${of.portBase + PORTS[at]}/`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** What functions behind the authorizer have logged so far, and how often models were asked. */
async function invoked() {
  const { regions } = await running.status();
  const calls = Object.values(regions).map(({ modelCalls }) => modelCalls);
  const lines = running.logs.filter((line) => /^\w+ \S*(-model|-degradation|workflow) /.test(line));
  return { calls, lines };
}

describe.each(REGIONS)('a caller of %s', (at) => {
  const refused = (): readonly (readonly [string, Record<string, string>])[] => [
    ['no key', {}],
    ['an empty key', { 'x-api-key': '' }],
    ['a wrong key', { 'x-api-key': 'wrong' }],
    ['a key that was revoked', { 'x-api-key': DEMO_KEY }],
    ['a hash', { 'x-api-key': hashOfKey(SECRET) }],
    ['another scheme', { Authorization: `Basic ${Buffer.from(`shop:${SECRET}`).toString('base64')}` }],
    ...badTokens(issuer).map(
      ([what, token]) => [`a token ${what}`, { Authorization: `Bearer ${token}` }] as const,
    ),
  ];

  it('is refused before any function but the authorizer is asked, and any model', async () => {
    const before = await invoked();
    for (const [what, headers] of refused()) {
      for (const body of [QUESTION, 'no JSON']) {
        const answer = await ask(headers, at, body);
        expect([what, answer]).toEqual([
          what,
          {
            status: 401,
            body: {
              error: { code: 'unauthorized', message: expect.any(String) as unknown },
              requestId: expect.any(String) as unknown,
            },
          },
        ]);
      }
    }
    expect(await invoked()).toEqual(before);
  });

  it.each([
    ['a key', () => ({ 'x-api-key': SECRET })],
    ['the key before it', () => ({ 'x-api-key': 'an-old-key-of-the-shop' })],
    ['a key as a bearer', () => ({ Authorization: `Bearer ${SECRET}` })],
    ['a token', () => ({ Authorization: `Bearer ${issuer.token()}` })],
  ])('is answered with %s', async (_, headers) => {
    expect(await ask(headers(), at)).toMatchObject({ status: 200, body: { tier: 'primary' } });
  });

  it('needs no key to look at its health', async () => {
    const url = `http://127.0.0.1:${running.portBase + PORTS[at]}/health`;
    expect((await fetch(url)).status).toBe(200);
  });
});

it('logs no key and no token', async () => {
  const token = issuer.token();
  await ask({ 'x-api-key': SECRET }, 'primary');
  await ask({ Authorization: `Bearer ${token}` }, 'primary');
  await ask({ 'x-api-key': 'a-wrong-key' }, 'primary');
  const holding = (word: string) => running.logs.filter((line) => line.includes(word)).length;
  expect(holding('caller_refused')).toBeGreaterThan(0);
  expect([SECRET, token, 'a-wrong-key'].map(holding)).toEqual([0, 0, 0]);
});

it('hands the caller’s name to the state machine, and nothing that it was shown', async () => {
  const inputs: unknown[] = [];
  const resources = running.system.regions[0]?.stack.resources ?? [];
  const api = new ApiMappings({
    resources,
    authorize: letIn(resources),
    actions: {
      'states:action/StartSyncExecution': ({ body }) => {
        inputs.push(JSON.parse((JSON.parse(body) as { input: string }).input));
        return Promise.resolve({ status: 400, body: '{}' });
      },
      'dynamodb:action/GetItem': () => Promise.resolve({ status: 200, body: '{}' }),
    },
    log: () => undefined,
  });
  const headers = { 'content-type': 'application/json', 'x-api-key': SECRET };
  await api.handle({ method: 'POST', path: '/', query: '', headers, body: Buffer.from(QUESTION) });
  expect(inputs).toEqual([
    {
      kind: 'question',
      source: 'caller',
      caller: 'shop',
      // This authorizer says nothing of it.
      tokensPerDay: '',
      requestId: expect.any(String) as unknown,
      body: QUESTION,
      bodyTooLarge: false,
    },
  ]);
});

it('an issuer that is away lets nobody in by a token, and everybody by a key', async () => {
  // An instance that knows the issuer's keys goes on; one that does not has to ask.
  const fresh = await startSystem({
    callers: {
      mode: 'both',
      keys: [{ name: 'shop', sha256: hashOfKey(SECRET), created }],
      issuers: [{ issuer: issuer.issuer, audience: [AUDIENCE], callerPrefix: 'token:' }],
    },
  });
  issuer.answer(503);
  try {
    const token = { Authorization: `Bearer ${issuer.token()}` };
    expect(await ask(token, 'primary', QUESTION, fresh)).toMatchObject({
      status: 500,
      body: { error: { code: 'internal_error' } },
    });
    // What the authorizer's alarm watches.
    const { body: metrics } = await fresh.send('control', 'GET', '/metrics?region=primary');
    expect(metrics).toContainEqual(
      expect.objectContaining({ namespace: 'AWS/Lambda', name: 'Errors', sum: 1 }),
    );
    expect((await ask({ 'x-api-key': SECRET }, 'primary', QUESTION, fresh)).status).toBe(200);
  } finally {
    issuer.answer(200);
    await fresh.stop();
  }
});

describe('with a result that API Gateway remembers, across a failover', () => {
  it('the right key is answered in either region, and the wrong one in none', async () => {
    const system = await startSystem(
      { callers: { ...shippedConfig().callers, cache: { header: 'authorization', seconds: 300 } } },
      { kind: 'stand-in' },
      { speed: 20 },
    );
    try {
      const known = { Authorization: `Bearer ${DEMO_KEY}` };
      const statuses = async () => [
        (await ask(known, 'failover', QUESTION, system)).status,
        (await ask(known, 'failover', QUESTION, system)).status,
        (await ask({ Authorization: 'Bearer wrong' }, 'failover', QUESTION, system)).status,
        (await ask({ 'x-api-key': DEMO_KEY }, 'failover', QUESTION, system)).status,
        (await ask({ 'x-api-key': DEMO_KEY, Authorization: 'wrong' }, 'failover', QUESTION, system)).status,
        // By what was remembered of another path.
        (await system.send('failover', 'GET', '/v1/models', undefined, known)).status,
      ];
      expect(await statuses()).toEqual([200, 200, 401, 401, 401, 200]);
      await system.send('control', 'POST', '/faults', '{"region":"primary","target":"region","mode":"down"}');
      await untilServedBy('secondary', system);
      expect(await statuses()).toEqual([200, 200, 401, 401, 401, 200]);
    } finally {
      await system.stop();
    }
  });
});
