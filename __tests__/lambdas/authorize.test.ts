import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { DEMO_KEY, hashOfKey, type KnownCallers } from '../../contract/callers';
import { createTokenVerifier } from '../../lambdas/adapters/jwt';
import { authorize } from '../../lambdas/authorizer/authorize';
import { AUDIENCE, badTokens, startIssuer, type TokenIssuer } from '../support/issuer';

const STAGE_ARN = 'arn:aws:execute-api:us-east-1:123456789012:api/live';
const KEYS: KnownCallers = {
  project: 'assistant',
  mode: 'keys',
  headers: ['x-api-key', 'authorization'],
  keys: { [hashOfKey(DEMO_KEY)]: 'demo', [hashOfKey('another')]: 'shop' },
  issuers: [],
  tokensPerDay: { usual: 1_000, of: { shop: 5_000 } },
};

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => {
  issuer.close();
});

const tokensOf = ({ issuer: url }: TokenIssuer, mode: 'jwt' | 'both' = 'jwt'): KnownCallers => ({
  ...KEYS,
  mode,
  issuers: [
    {
      issuer: url,
      audience: [AUDIENCE],
      callerClaim: 'sub',
      callerPrefix: '',
      jwksUri: `${url}/.well-known/jwks.json`,
    },
  ],
});
const withTokens = (mode: 'jwt' | 'both') => tokensOf(issuer, mode);

/** What the authorizer says: who it is, and whether it may ask; and the lines that it logs. */
function open(callers: KnownCallers) {
  const lines: string[] = [];
  const said: (readonly [caller: string, tokensPerDay: string])[] = [];
  const authorizer = {
    callers,
    verifyToken: createTokenVerifier(callers.issuers),
    log: (...line: unknown[]) => lines.push(JSON.stringify(line)),
  };
  const ask = async (headers: Record<string, string> | null) => {
    const { principalId, policyDocument, context } = await authorize(authorizer, {
      methodArn: `${STAGE_ARN}/DELETE/conversations/*`,
      headers,
    });
    const [{ Effect, Resource } = {}] = (policyDocument as { Statement: Record<string, string>[] }).Statement;
    expect(Resource).toBe(`${STAGE_ARN}/*`);
    if (context !== undefined) said.push([principalId, context.tokensPerDay]);
    return `${Effect} ${principalId}`;
  };
  return { ask, lines, said };
}

describe('the authorizer, by keys', () => {
  it.each([
    [{ 'x-api-key': DEMO_KEY }, 'Allow demo'],
    [{ 'X-Api-Key': DEMO_KEY }, 'Allow demo'],
    [{ Authorization: `Bearer ${DEMO_KEY}` }, 'Allow demo'],
    [{ authorization: `bearer  ${DEMO_KEY}` }, 'Allow demo'],
    [{ authorization: 'another' }, 'Allow shop'],
    [{ 'x-api-key': '', authorization: 'another' }, 'Allow shop'],
    [{ 'x-api-key': 'wrong', authorization: 'another' }, 'Deny unknown'],
    [{ 'x-api-key': `${DEMO_KEY} ` }, 'Deny unknown'],
    [{ 'x-api-key': hashOfKey(DEMO_KEY) }, 'Deny unknown'],
    [{ 'x-api-key': '__proto__' }, 'Deny unknown'],
    [{ 'x-api-key': '' }, 'Deny unknown'],
    [{ cookie: DEMO_KEY }, 'Deny unknown'],
    [{}, 'Deny unknown'],
    [null, 'Deny unknown'],
  ])('says of %j: %s', async (headers, said) => {
    expect(await open(KEYS).ask(headers as Record<string, string> | null)).toBe(said);
  });

  it('says how many tokens a caller has on a day, and nothing of whom it does not know', async () => {
    const { ask, said } = open(KEYS);
    await ask({ 'x-api-key': DEMO_KEY });
    await ask({ 'x-api-key': 'another' });
    await ask({ 'x-api-key': 'wrong' });
    expect(said).toEqual([
      ['demo', '1000'],
      ['shop', '5000'],
    ]);
  });

  it('takes no token, and asks no issuer', async () => {
    expect(await open(KEYS).ask({ authorization: `Bearer ${issuer.token()}` })).toBe('Deny unknown');
    expect(issuer.asked()).toBe(0);
  });

  it('looks at no header but the one by which API Gateway remembers what it says', async () => {
    const { ask } = open({ ...KEYS, headers: ['authorization'] });
    expect(await ask({ 'x-api-key': DEMO_KEY, authorization: 'anything' })).toBe('Deny unknown');
  });

  it('logs why a caller is refused, and no word of what was shown', async () => {
    const { ask, lines } = open(KEYS);
    await ask({ 'x-api-key': 'a-secret' });
    expect(lines).toEqual(['["INFO","caller_refused",{"reason":"unknown_key"}]']);
  });
});

describe('the authorizer, by tokens', () => {
  it.each(['x-api-key', 'authorization'])(
    'takes a good one in %s, and fetches the keys once',
    async (header) => {
      const before = issuer.asked();
      const { ask } = open(withTokens('jwt'));
      expect(await ask({ [header]: `Bearer ${issuer.token()}` })).toBe('Allow shop');
      expect(await ask({ [header]: `Bearer ${issuer.token({ sub: 'desk' })}` })).toBe('Allow desk');
      expect(issuer.asked()).toBe(before + 1);
    },
  );

  it('takes keys beside them where both are to be taken, and otherwise not', async () => {
    expect(await open(withTokens('both')).ask({ 'x-api-key': DEMO_KEY })).toBe('Allow demo');
    expect(await open(withTokens('both')).ask({ 'x-api-key': issuer.token() })).toBe('Allow shop');
    expect(await open(withTokens('jwt')).ask({ 'x-api-key': DEMO_KEY })).toBe('Deny unknown');
  });

  it('gives one who is named as what every object has the tokens of everybody', async () => {
    const { ask, said } = open(withTokens('jwt'));
    await ask({ authorization: issuer.token({ sub: 'constructor' }) });
    expect(said).toEqual([['constructor', '1000']]);
  });

  it('refuses every bad one, and logs no word of it', async () => {
    const { ask, lines } = open(withTokens('both'));
    for (const [what, token] of badTokens(issuer)) {
      expect([what, await ask({ authorization: `Bearer ${token}` })]).toEqual([what, 'Deny unknown']);
      expect(lines.join()).not.toContain(token.split('.')[1]);
    }
    expect(lines.length).toBe(badTokens(issuer).length);
  });

  it('refuses those of issuers that it does not know, one after another, and asks nobody for their keys', async () => {
    const { ask } = open(withTokens('jwt'));
    const before = issuer.asked();
    for (const other of ['one', 'two']) {
      const token = issuer.token({ iss: `https://${other}.example.com` }, { kid: other });
      expect(await ask({ authorization: token })).toBe('Deny unknown');
    }
    expect(issuer.asked()).toBe(before);
  });

  it.each([
    [{ nbf: 5 }, 'Allow shop'],
    [{ nbf: 6 }, 'Deny unknown'],
    [{ exp: -5 }, 'Allow shop'],
    [{ exp: -6 }, 'Deny unknown'],
  ])('has five seconds of leeway for clocks that differ, %j from now: %s', async (claims, said) => {
    const now = Math.floor(Date.now() / 1_000);
    jest.spyOn(Date, 'now').mockReturnValue(now * 1_000);
    const times = Object.entries(claims).map(([claim, seconds]) => [claim, now + seconds] as const);
    const authorization = issuer.token(Object.fromEntries(times));
    expect(await open(withTokens('jwt')).ask({ authorization })).toBe(said);
    jest.restoreAllMocks();
  });

  it('says before a name what its issuer’s callers are to be known by', async () => {
    const callers = withTokens('both');
    const [own] = callers.issuers;
    if (own === undefined) throw new Error('There is no issuer.');
    const { ask, said } = open({ ...callers, issuers: [{ ...own, callerPrefix: 'desk:' }] });
    expect(await ask({ authorization: issuer.token({ sub: 'shop' }) })).toBe('Allow desk:shop');
    expect(said).toEqual([['desk:shop', '1000']]);
    expect(await ask({ authorization: issuer.token({ sub: '' }) })).toBe('Deny unknown');
  });

  it.each([
    [{ client_id: 'shop-app', aud: undefined }, 'Allow shop'],
    [{ client_id: 'another-app', aud: undefined }, 'Deny unknown'],
    [{ client_id: 'shop-app', aud: 'another-api' }, 'Deny unknown'],
    [{ client_id: 'shop-app', aud: ['another-api', 'a-third'] }, 'Deny unknown'],
    [{ client_id: 'shop-app', aud: 'shop-app' }, 'Allow shop'],
    [{ client_id: 'shop-app', aud: ['another-api', 'shop-app'] }, 'Allow shop'],
    [{ aud: undefined }, 'Deny unknown'],
    [{ aud: 'shop-app' }, 'Deny unknown'],
  ])('of an issuer that says for which client a token is, with %j: %s', async (claims, said) => {
    const callers = withTokens('jwt');
    const issuers = callers.issuers.map((of) => ({ ...of, audience: undefined, clientId: ['shop-app'] }));
    expect(await open({ ...callers, issuers }).ask({ authorization: issuer.token(claims) })).toBe(said);
  });
});

describe('the authorizer, while an issuer has faults', () => {
  const PAUSE_MS = 5_000;
  let now: number;
  beforeEach(() => {
    now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    issuer.answer(200);
  });
  const withKey = (kid: string) => ({ authorization: issuer.token({}, { kid }) });

  it('fails, and lets nobody in, where the issuer cannot be asked; and asks again after a pause', async () => {
    const { ask } = open(withTokens('jwt'));
    const before = issuer.asked();
    issuer.answer(503);
    for (const kid of ['one', 'two', 'three'])
      await expect(ask(withKey(kid))).rejects.toThrow('cannot be had');
    expect(issuer.asked()).toBe(before + 1);
    issuer.answer(200);
    await expect(ask(withKey('one'))).rejects.toThrow('cannot be had');
    now += PAUSE_MS;
    expect(await ask(withKey('one'))).toBe('Allow shop');
  });

  const HOUR_MS = 3_600_000;

  it('fetches keys anew after an hour, and takes none that has been withdrawn', async () => {
    const leaving = await startIssuer();
    const { ask } = open(tokensOf(leaving));
    const good = { authorization: leaving.token({ exp: Math.floor((now + 9 * HOUR_MS) / 1_000) }) };
    try {
      expect(await ask(good)).toBe('Allow shop');
      leaving.withdraw();
      now += HOUR_MS - 1;
      expect(await ask(good)).toBe('Allow shop');
      expect(leaving.asked()).toBe(1);
      now += 1;
      expect(await ask(good)).toBe('Deny unknown');
    } finally {
      leaving.close();
    }
  });

  it('goes by the keys that it knows for another hour where the issuer cannot be asked, and no longer', async () => {
    const { ask } = open(withTokens('jwt'));
    const good = { authorization: issuer.token({ exp: Math.floor((now + 9 * HOUR_MS) / 1_000) }) };
    expect(await ask(good)).toBe('Allow shop');
    const before = issuer.asked();
    issuer.answer(503);
    now += 2 * HOUR_MS - 1;
    for (const said of ['Allow shop', 'Allow shop']) expect(await ask(good)).toBe(said);
    // It is not asked for each token.
    expect(issuer.asked()).toBe(before + 1);
    now += 1;
    await expect(ask(good)).rejects.toThrow('cannot be had');
    issuer.answer(200);
    now += PAUSE_MS;
    expect(await ask(good)).toBe('Allow shop');
  });

  it('asks no more for five seconds after a key that is unknown: no invented one is an error, and a new one is good then', async () => {
    const { ask } = open(withTokens('jwt'));
    expect(await ask(withKey('invented'))).toBe('Deny unknown');
    const before = issuer.asked();
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    issuer.answer(200, [{ ...publicKey.export({ format: 'jwk' }), kid: 'new' }]);
    const rotated = { authorization: issuer.token({}, { kid: 'new' }, privateKey) };
    for (const other of [rotated, withKey('invented'), withKey('another')]) {
      expect(await ask(other)).toBe('Deny unknown');
    }
    expect(await ask(withKey('one'))).toBe('Allow shop');
    expect(issuer.asked()).toBe(before);
    now += PAUSE_MS;
    expect(await ask(rotated)).toBe('Allow shop');
  });

  it.each<[string, object | null]>([
    ['nothing', null],
    ['no type', { kid: 'bad' }],
    ['no modulus', { kid: 'bad', kty: 'RSA', e: 'AQAB' }],
    ['numbers', { kid: 'bad', kty: 'RSA', e: 3, n: 5 }],
    ['an unknown curve', { kid: 'bad', kty: 'EC', crv: 'P-1', x: 'AA', y: 'AA' }],
    ['an unknown type', { kid: 'bad', kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }],
    ['no id', { kty: 'RSA' }],
  ])('goes on with the good keys beside one with %s, and takes that one as not there', async (_, bad) => {
    const { ask } = open(withTokens('jwt'));
    issuer.answer(200, [bad]);
    expect(await ask(withKey('one'))).toBe('Allow shop');
    expect(await ask(withKey('bad'))).toBe('Deny unknown');
  });

  it('fails where none of its issuer’s keys can be used: no token is at fault', async () => {
    const changing = await startIssuer();
    const { ask } = open(tokensOf(changing));
    changing.withdraw();
    changing.answer(200, [{ kid: 'one', kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }]);
    try {
      await expect(ask({ authorization: changing.token() })).rejects.toThrow('cannot be had');
    } finally {
      changing.close();
    }
  });

  it('says of no token, whatever algorithm and key it names, that the issuer is at fault', async () => {
    const publish = (kid: string, { publicKey }: { readonly publicKey: KeyObject }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
    });
    issuer.answer(200, [
      publish('rsa', generateKeyPairSync('rsa', { modulusLength: 2_048 })),
      publish('ec', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
      publish('ed', generateKeyPairSync('ed25519')),
      publish('x', generateKeyPairSync('x25519')),
      { ...publish('enc', generateKeyPairSync('rsa', { modulusLength: 2_048 })), use: 'enc' },
    ]);
    const { ask } = open(withTokens('jwt'));
    for (const kid of ['rsa', 'ec', 'ed', 'x', 'enc']) {
      for (const alg of [
        'RS256',
        'RS512',
        'ES256',
        'ES512',
        'EdDSA',
        'HS256',
        'none',
        '__proto__',
        5,
        null,
      ]) {
        const said = await ask({ authorization: issuer.token({}, { kid, alg }) });
        expect([kid, alg, said]).toEqual([kid, alg, 'Deny unknown']);
      }
    }
  });
});
