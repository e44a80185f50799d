import { knownCallers } from '../../constructs/config/callers-config';
import { hashOfKey } from '../../contract/callers';
import { type Callers, ISSUER, key, OWN, PREFIXED, withCallers } from './callers-fixture';

describe('what the configuration refuses of callers', () => {
  it.each<[object, string]>([
    [{ ...OWN, mode: 'password' }, 'callers.mode is "password"; allowed: one of keys, jwt, both, none'],
    [
      { ...OWN, keys: ['one', 'two', 'three'].map((value) => key('shop', value)) },
      'callers.keys.2.name is "shop"; allowed: at most 2 keys of a caller: revoke one of shop',
    ],
    [
      { ...OWN, keys: [key('shop', 'one'), key('desk', 'one')] },
      `callers.keys.1.sha256 is "${hashOfKey('one')}"; allowed: another hash: this is that of a key of shop`,
    ],
    [{ mode: 'jwt', keys: [], issuers: [PREFIXED, PREFIXED] }, 'callers.issuers.1.issuer is'],
    [
      { mode: 'jwt', keys: [], issuers: [PREFIXED, { ...PREFIXED, issuer: 'https://b.com' }] },
      'callers.issuers.1.callerPrefix is "sso:"; allowed: another for each issuer',
    ],
    [{ mode: 'both', keys: [], issuers: [ISSUER] }, 'callers.issuers.0.callerPrefix is missing'],
    [
      { mode: 'jwt', keys: [], issuers: [{ ...ISSUER, callerPrefix: 'sso' }] },
      'callers.issuers.0.callerPrefix is "sso"; allowed: up to 31',
    ],
    [
      { mode: 'jwt', keys: [], issuers: [{ issuer: 'https://b.com' }] },
      'callers.issuers.0.audience is missing; allowed: a list of 1 to 10, and of audience and clientId just one',
    ],
    [{ mode: 'jwt', keys: [], issuers: [{ ...ISSUER, clientId: ['a'] }] }, 'callers.issuers.0.audience is'],
    [{ mode: 'none', keys: [], limitsOf: { shop: {} } }, 'callers.limitsOf is {"shop":{}}; allowed: nothing'],
    [
      { mode: 'none', keys: [], cache: { header: 'x-api-key', seconds: 3 } },
      'nothing with the mode none: it would have no effect',
    ],
    [{ ...OWN, keys: [{ ...key('shop', 'one'), sha256: 'one' }] }, 'the hexadecimal SHA-256 of a key'],
    [{ mode: 'jwt', keys: [] }, 'callers.issuers is missing'],
    [{ mode: 'none', keys: [], issuers: [ISSUER] }, 'nothing with the mode none'],
    [{ mode: 'keys', keys: [], issuers: [ISSUER] }, 'nothing with the mode keys'],
    [
      { mode: 'none', keys: [], limits: { rate: { requestsPerSecond: 1, burst: 1 } } },
      'callers.limits.rate is',
    ],
    [
      {
        mode: 'jwt',
        keys: [],
        issuers: [ISSUER],
        limits: { rate: { requestsPerSecond: 1, burst: 1 } },
      },
      'callers.othersRate is missing; allowed: a rate, since limits.rate does not hold those whom tokens alone name',
    ],
    [{ mode: 'keys', keys: [], public: true }, 'callers.public is true; allowed: nothing with the mode keys'],
    [
      { mode: 'jwt', keys: [], issuers: [ISSUER], public: true },
      'callers.public is true; allowed: nothing with the mode jwt',
    ],
    [
      { mode: 'jwt', keys: [], issuers: [{ ...ISSUER, issuer: 'https://user:secret@company.com' }] },
      'none with a user’s name',
    ],
    [
      { mode: 'jwt', keys: [], issuers: [{ ...ISSUER, jwksUri: 'https://user@company.com/keys' }] },
      'none with a user’s name',
    ],
    [{ mode: 'jwt', keys: [], issuers: [{ ...ISSUER, issuer: 'http://company.com' }] }, 'an https URL'],
    [
      { mode: 'jwt', keys: [], issuers: [{ ...ISSUER, issuer: 'http://localhost.company.com' }] },
      'an https URL, or an http one of this machine',
    ],
    [{ mode: 'jwt', keys: [], issuers: [{ ...ISSUER, audience: [] }] }, 'a list of 1 to 10, and of audience'],
    [{ ...OWN, cache: { header: 'cookie', seconds: 1 } }, 'one of x-api-key, authorization'],
    [
      { ...OWN, keys: Array.from({ length: 60 }, (_, index) => key(`caller-${index}`, String(index))) },
      'what fits into 4096 bytes',
    ],
  ])('%j', (callers, said) => {
    expect(() => withCallers(callers as Callers)).toThrow(said);
  });

  it('nothing that fits, and no more than that, with the longest name of a project as well', () => {
    const withPath = (length: number): Callers => ({
      mode: 'jwt',
      keys: [],
      issuers: [{ ...ISSUER, jwksUri: `https://a/${'p'.repeat(length)}` }],
    });
    const bytes = (callers: Callers): number =>
      Buffer.byteLength(
        JSON.stringify({ CALLERS: JSON.stringify(knownCallers(callers, `p${'-'.repeat(30)}`)) }),
      );
    const longest = 4_096 - bytes(withPath(0));
    expect(withCallers(withPath(longest))).toBeDefined();
    expect(() => withCallers(withPath(longest + 1))).toThrow('what fits into 4096 bytes');
  });
});
