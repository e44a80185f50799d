import { createPublicKey } from 'node:crypto';
import type { Jwk, Jwks, JwksCache, PenaltyBox } from 'aws-jwt-verify/jwk';
import type { Issuer } from '../../contract/callers';
import { InvalidTokenError } from '../authorizer/authorize';

/** Milliseconds that an issuer may take to send its public keys. */
const KEYS_TIMEOUT_MS = 1_000;

/**
 * Milliseconds in which an instance does not ask an issuer again that failed, or that had no such key: whoever invents
 * ids of keys neither floods it, nor waits for it each time.
 */
const PAUSE_MS = 5_000;

/** Milliseconds after which an issuer's keys are fetched anew: it may have withdrawn one. */
const KEYS_FRESH_MS = 3_600_000;

/** Milliseconds that they are good at the most, while the issuer cannot be asked. */
const KEYS_GOOD_MS = 2 * KEYS_FRESH_MS;

/** By how many seconds an issuer's clock may differ: a token is good as soon as it is made (RFC 7519, section 4.1.5). */
const CLOCK_SKEW_SECONDS = 5;

/** Whether a token is good is not known, for a reason that is not the token's. */
class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}

type Verify = (token: string) => Promise<string>;

/**
 * Verifies tokens by their issuers' public keys, which are fetched when a token needs them, and kept for a while. So is
 * the library loaded: with keys alone, nobody waits for it.
 */
export function createTokenVerifier(issuers: readonly Issuer[]): Verify {
  let verify: Promise<Verify> | undefined;
  return async (token) => (await (verify ??= load(issuers)))(token);
}

async function load(issuers: readonly Issuer[]): Promise<Verify> {
  const [
    { JwtVerifier },
    { decomposeUnverifiedJwt },
    { SimpleJwksCache },
    { JwtExpiredError, JwtWithoutValidKidError, KidNotFoundInJwksError },
  ] = await Promise.all([
    import('aws-jwt-verify'),
    import('aws-jwt-verify/jwt'),
    import('aws-jwt-verify/jwk'),
    import('aws-jwt-verify/error'),
  ]);

  /** What fails here is the issuer's fault, and not the token's, unless there is no such key. */
  class PublicKeys extends SimpleJwksCache {
    readonly #fetchedAt = new Map<string, number>();

    override async getJwk(...[uri, token]: Parameters<JwksCache['getJwk']>): ReturnType<JwksCache['getJwk']> {
      try {
        await this.#renew(uri);
        return await super.getJwk(uri, token);
      } catch (error) {
        if (error instanceof InvalidTokenError) throw error;
        if (error instanceof JwtWithoutValidKidError || error instanceof KidNotFoundInJwksError) {
          throw new InvalidTokenError('unknown_signer');
        }
        throw new IssuerUnavailableError(`The public keys at ${uri} cannot be had.`, { cause: error });
      }
    }

    override async getJwks(uri: string): Promise<Jwks> {
      try {
        const jwks = await super.getJwks(uri);
        this.#fetchedAt.set(uri, Date.now());
        return jwks;
      } catch (error) {
        pauses.registerFailedAttempt(uri, undefined);
        throw error;
      }
    }

    async #renew(uri: string): Promise<void> {
      const age = Date.now() - (this.#fetchedAt.get(uri) ?? Date.now());
      if (age < KEYS_FRESH_MS) return;
      try {
        pauses.requireNone(uri);
        await this.getJwks(uri);
      } catch (error) {
        if (age >= KEYS_GOOD_MS) throw error;
      }
    }
  }
  const pauses = new Pauses();
  const verifier = JwtVerifier.create(
    issuers.map(({ issuer, audience, jwksUri }) => ({
      issuer,
      audience: audience === undefined ? null : [...audience],
      jwksUri,
      graceSeconds: CLOCK_SKEW_SECONDS,
    })),
    {
      jwksCache: new PublicKeys({ fetcher: { fetch: fetchKeys }, penaltyBox: pauses, jwksParser: parseKeys }),
    },
  );
  return async (token) => {
    try {
      // With one issuer, the library would ask it for the key of any other's token.
      const { header, payload } = decomposeUnverifiedJwt(token);
      // Extensions that are not understood, and none is here: such a token must be refused (RFC 7515, section 4.1.11).
      if ('crit' in header) throw new InvalidTokenError('critical_extension');
      const { iss } = payload;
      if (!issuers.some(({ issuer }) => issuer === iss)) throw new InvalidTokenError('foreign_issuer');
      const claims = await verifier.verify(token);
      // The library lets a token without an end pass.
      if (claims.exp === undefined) throw new InvalidTokenError('endless_token');
      const by = issuers.find(({ issuer }) => issuer === claims.iss);
      if (by?.clientId?.some((id) => id === claims.client_id) === false) {
        throw new InvalidTokenError('foreign_client');
      }
      // Who has an audience beside its client is meant for that alone.
      if (by?.clientId && claims.aud !== undefined && ![claims.aud].flat().some(isOneOf(by.clientId))) {
        throw new InvalidTokenError('foreign_audience');
      }
      const caller = by && claims[by.callerClaim];
      if (by && typeof caller === 'string' && caller !== '') return by.callerPrefix + caller;
      throw new InvalidTokenError('no_caller_claim');
    } catch (error) {
      if (error instanceof IssuerUnavailableError || error instanceof InvalidTokenError) throw error;
      throw new InvalidTokenError(error instanceof JwtExpiredError ? 'expired_token' : 'invalid_token');
    }
  };
}

const isOneOf = (names: readonly string[]) => (name: string) => names.includes(name);

/**
 * Keys are published before they sign: one that was not there a moment ago is taken for unknown, whichever it is. That
 * it may not be asked for so soon after a fetch that failed is no fault of the token's. Where API Gateway remembers
 * what it is told (`callers.cache`), it remembers the first as a refusal, for as long as it does any. An error, of which
 * it remembers nothing as far as AWS's documents say, would count as the function's, and anybody could bring it about.
 */
class Pauses implements PenaltyBox {
  readonly #pauses = new Map<string, { readonly until: number; readonly hasFailed: boolean }>();

  // eslint-disable-next-line @typescript-eslint/require-await -- it is to reject, and not to throw
  async wait(uri: string): Promise<void> {
    if (this.#of(uri)?.hasFailed === false) throw new InvalidTokenError('unknown_signer');
    this.requireNone(uri);
  }

  requireNone(uri: string): void {
    if (this.#of(uri) !== undefined) throw new Error(`They were asked for less than ${PAUSE_MS} ms ago.`);
  }

  #of(uri: string) {
    const pause = this.#pauses.get(uri);
    return pause !== undefined && Date.now() < pause.until ? pause : undefined;
  }

  registerFailedAttempt(uri: string, kid?: string): void {
    this.#pauses.set(uri, { until: Date.now() + PAUSE_MS, hasFailed: kid === undefined });
  }

  registerSuccessfulAttempt(uri: string): void {
    this.release(uri);
  }

  release(uri: string): void {
    this.#pauses.delete(uri);
  }
}

async function fetchKeys(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { signal: AbortSignal.timeout(KEYS_TIMEOUT_MS), redirect: 'error' });
  if (response.ok) return response.arrayBuffer();
  throw new Error(`The status is ${response.status}.`);
}

/**
 * A key that no token can name, or that is not known how to be used, is left out, as if it were not there (RFC 7517,
 * section 5): it would else be an error for each token that names it, and its id is public. Where none is left, it is
 * the issuer that is at fault.
 */
function parseKeys(body: ArrayBuffer): Jwks {
  const { keys } = JSON.parse(new TextDecoder().decode(body)) as { readonly keys: readonly (Jwk | null)[] };
  const usable = keys.filter(isUsable);
  if (keys.length > 0 && usable.length === 0) throw new Error('None of its keys can be used.');
  return { keys: usable };
}

function isUsable(key: Jwk | null): key is Jwk {
  if (typeof key?.kid !== 'string') return false;
  try {
    createPublicKey({ key, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
