import { createHash } from 'node:crypto';

/** How a caller shows who it is; in `none`, anybody may ask. */
export const CALLER_MODES = ['keys', 'jwt', 'both', 'none'] as const;

export type CallerMode = (typeof CALLER_MODES)[number];

/** Headers that a key or a token may come in, in the order in which they are looked at. */
export const CREDENTIAL_HEADERS = ['x-api-key', 'authorization'] as const;

export type CredentialHeader = (typeof CREDENTIAL_HEADERS)[number];

/** Who signs tokens, and for whom. */
export interface Issuer {
  readonly issuer: string;
  /** What the tokens' `aud` may be, or their `client_id` where they have no `aud`. */
  readonly audience?: readonly string[] | undefined;
  readonly clientId?: readonly string[] | undefined;
  /** The claim that names the caller. */
  readonly callerClaim: string;
  /** What comes before it, so that the name is no other caller's. */
  readonly callerPrefix: string;
  readonly jwksUri: string;
}

/** What the authorizer knows of callers: nothing of it is secret. */
export interface KnownCallers {
  /** Names of two deployments in one account differ by it. */
  readonly project: string;
  readonly mode: Exclude<CallerMode, 'none'>;
  readonly headers: readonly CredentialHeader[];
  /** The caller's name by its key's hash. */
  readonly keys: Readonly<Record<string, string>>;
  readonly issuers: readonly Issuer[];
  /** How many tokens a caller may use on a day; 0 where there is no limit. */
  readonly tokensPerDay: { readonly usual: number; readonly of: Readonly<Record<string, number>> };
}

/** A caller's name, as it may stand in a state machine's input without being escaped. */
export const CALLER_NAME = /^[A-Za-z0-9_.@|:-]{1,128}$/;

/** Callers who have a usage plan of their own. */
export const plannedCallers = ({ keys, tokensPerDay }: KnownCallers): ReadonlySet<string> =>
  new Set([...Object.values(keys), ...Object.keys(tokensPerDay.of)]);

/** The name, which no caller has, of those who share a plan: nobody knew of them when it was deployed. */
export const OTHER_CALLERS = '';

/**
 * What the authorizer calls a caller before API Gateway's usage plans, where it must be unique in the account, and 20 to
 * 128 letters and digits. Whoever can read the configuration can work it out, and do nothing with it.
 */
export const usageIdentifier = (callers: KnownCallers, caller: string): string =>
  hashOfKey(`${callers.project} ${plannedCallers(callers).has(caller) ? caller : OTHER_CALLERS}`);

/** Hexadecimal SHA-256. A key is 256 random bits, so that its hash needs neither salt nor cost. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** What works on a laptop, where nothing is at stake; a plan refuses it. */
export const DEMO_KEY = 'local-demo-key';
