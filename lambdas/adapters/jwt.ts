import type { Issuer } from '../../contract/callers';
import { InvalidTokenError } from '../authorizer/authorize';

/** Milliseconds that an issuer may take to send its public keys. */
const KEYS_TIMEOUT_MS = 3_000;

class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}

type Verify = (token: string) => Promise<string>;

/**
 * Verifies tokens by their issuers' public keys, which are fetched when a token needs them, and kept. So is the library
 * loaded: with keys alone, nobody waits for it.
 */
export function createTokenVerifier(issuers: readonly Issuer[]): Verify {
  let verify: Promise<Verify> | undefined;
  return async (token) => (await (verify ??= load(issuers)))(token);
}

async function load(issuers: readonly Issuer[]): Promise<Verify> {
  const [{ JwtVerifier }, { SimpleJwksCache }, { JwksValidationError, JwtExpiredError }] = await Promise.all([
    import('aws-jwt-verify'),
    import('aws-jwt-verify/jwk'),
    import('aws-jwt-verify/error'),
  ]);
  const verifier = JwtVerifier.create(
    issuers.map(({ issuer, audience, jwksUri }) => ({ issuer, audience: [...audience], jwksUri })),
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) },
  );
  return async (token) => {
    try {
      const claims = await verifier.verify(token);
      // The library lets a token without an end pass.
      if (claims.exp === undefined) throw new InvalidTokenError('endless_token');
      const by = issuers.find(({ issuer }) => issuer === claims.iss);
      const caller = by && claims[by.callerClaim];
      if (typeof caller === 'string') return caller;
      throw new InvalidTokenError('no_caller_claim');
    } catch (error) {
      // An issuer that cannot be asked is no fault of the token's.
      const isOurs = error instanceof IssuerUnavailableError || error instanceof JwksValidationError;
      if (isOurs || error instanceof InvalidTokenError) throw error;
      throw new InvalidTokenError(error instanceof JwtExpiredError ? 'expired_token' : 'invalid_token');
    }
  };
}

async function fetchKeys(uri: string): Promise<ArrayBuffer> {
  try {
    const response = await fetch(uri, { signal: AbortSignal.timeout(KEYS_TIMEOUT_MS), redirect: 'error' });
    if (response.ok) return await response.arrayBuffer();
    throw new Error(`The status is ${response.status}.`);
  } catch (error) {
    throw new IssuerUnavailableError(`The public keys at ${uri} cannot be fetched.`, { cause: error });
  }
}
