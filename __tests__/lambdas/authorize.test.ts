import { DEMO_KEY, hashOfKey, type KnownCallers } from '../../contract/callers';
import { createTokenVerifier } from '../../lambdas/adapters/jwt';
import { authorize } from '../../lambdas/authorizer/authorize';
import { AUDIENCE, badTokens, startIssuer, type TokenIssuer } from '../support/issuer';

const METHOD_ARN = 'arn:aws:execute-api:us-east-1:123456789012:api/live/POST/';
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

const withTokens = (mode: 'jwt' | 'both'): KnownCallers => ({
  ...KEYS,
  mode,
  issuers: [
    {
      issuer: issuer.issuer,
      audience: [AUDIENCE],
      callerClaim: 'sub',
      jwksUri: `${issuer.issuer}/.well-known/jwks.json`,
    },
  ],
});

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
      methodArn: METHOD_ARN,
      headers,
    });
    const [{ Effect, Resource } = {}] = (policyDocument as { Statement: Record<string, string>[] }).Statement;
    expect(Resource).toBe(METHOD_ARN);
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

  it('fails, and lets nobody in, where the issuer cannot be asked; and asks again', async () => {
    const { ask } = open(withTokens('jwt'));
    issuer.answer(503);
    await expect(ask({ authorization: issuer.token() })).rejects.toThrow('cannot be fetched');
    issuer.answer(200);
    expect(await ask({ authorization: issuer.token() })).toBe('Allow shop');
  });
});
