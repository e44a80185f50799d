import { CALLER_NAME, hashOfKey, usageIdentifier, type KnownCallers } from '../../contract/callers';
import type { Log } from '../tier/telemetry';

export interface AuthorizerEvent {
  readonly methodArn: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
}

/** What API Gateway wants of an authorizer. */
export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: object;
  /** What API Gateway hands on of the caller, beside its name: `QuestionInput`. */
  readonly context?: { readonly tokensPerDay: string };
  /** Whose rate it takes from: what a usage plan knows the caller by. */
  readonly usageIdentifierKey?: string;
}

/** A token, or what is shown as one, is not to be believed: the caller's fault. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
}

export interface Authorizer {
  readonly callers: KnownCallers;
  /**
   * @returns the caller whom a token names
   * @throws InvalidTokenError, or the error that kept the issuer's keys away
   */
  readonly verifyToken: (token: string) => Promise<string>;
  readonly log: Log;
}

/**
 * Who asks, by a key or a token. A caller who is refused is no failure of this function: the policy says no, and API
 * Gateway makes 401 of it. What fails here lets nobody in, and is counted as Lambda's error.
 */
export async function authorize(authorizer: Authorizer, event: AuthorizerEvent): Promise<AuthorizerResult> {
  const refused = (reason: string) => {
    authorizer.log('INFO', 'caller_refused', { reason });
    return result('unknown', 'Deny', event);
  };
  const credential = credentialOf(event, authorizer.callers);
  if (credential === undefined) return refused('no_credential');
  try {
    const caller =
      callerOfKey(credential, authorizer.callers) ?? (await callerOfToken(credential, authorizer));
    if (!CALLER_NAME.test(caller)) return refused('caller_name');
    return {
      ...result(caller, 'Allow', event),
      context: limitsOf(caller, authorizer.callers),
      usageIdentifierKey: usageIdentifier(authorizer.callers, caller),
    };
  } catch (error) {
    if (error instanceof InvalidTokenError) return refused(error.message);
    throw error;
  }
}

/**
 * Only the headers of the configuration are looked at: where API Gateway remembers a result by one of them, a key in
 * another would vouch for whatever stands in that one.
 */
function credentialOf({ headers }: AuthorizerEvent, { headers: known }: KnownCallers): string | undefined {
  // API Gateway leaves names as the caller wrote them.
  const byName = new Map(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const shown = known.map((name) => byName.get(name)).find((value) => value !== undefined && value !== '');
  return shown?.replace(/^Bearer +/i, '');
}

function limitsOf(caller: string, { tokensPerDay: { usual, of } }: KnownCallers) {
  // A claim may be named as what every object has.
  return { tokensPerDay: String(Object.hasOwn(of, caller) ? of[caller] : usual) };
}

function callerOfKey(credential: string, { mode, keys }: KnownCallers): string | undefined {
  if (mode === 'jwt') return undefined;
  const hash = hashOfKey(credential);
  return Object.hasOwn(keys, hash) ? keys[hash] : undefined;
}

function callerOfToken(credential: string, { callers, verifyToken }: Authorizer): Promise<string> {
  if (callers.mode === 'keys') throw new InvalidTokenError('unknown_key');
  return verifyToken(credential);
}

const result = (
  principalId: string,
  Effect: 'Allow' | 'Deny',
  { methodArn }: AuthorizerEvent,
): AuthorizerResult => ({
  principalId,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect, Action: 'execute-api:Invoke', Resource: everyMethod(methodArn) }],
  },
});

/**
 * What API Gateway remembers is for the caller's next path as well; and of this one, a caller has written a part, which
 * is not to be read as a pattern.
 * https://repost.aws/knowledge-center/api-gateway-lambda-authorization-errors
 */
const everyMethod = (methodArn: string): string => `${methodArn.split('/', 2).join('/')}/*`;
