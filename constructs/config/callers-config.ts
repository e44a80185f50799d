import * as z from 'zod';
import {
  CALLER_MODES,
  CALLER_NAME,
  CREDENTIAL_HEADERS,
  DEMO_KEY,
  hashOfKey,
  type CallerMode,
  type KnownCallers,
} from '../../contract/callers';
import { flag, object, text, whole } from './schema';

/** Two keys of a caller, so that one can take the place of the other without a gap. */
const MAX_KEYS_OF_A_CALLER = 2;

/** Lambda takes 4 KB of environment, measured as JSON: each quote of the callers' own JSON counts twice. */
const MAX_CALLERS_BYTES = 4_096;

const MODES = `one of ${CALLER_MODES.join(', ')}`;
const KEYS = 'a list of keys as `npm run assistant -- keys new NAME` writes it';
const ISSUERS =
  'a list of issuers, each with issuer, audience or clientId and, optionally, callerClaim, callerPrefix and jwksUri';
const URL_OF_ISSUER = 'an https URL, or an http one of this machine; none with a user’s name';
const AUDIENCES = 'a list of 1 to 10, and of audience and clientId just one';
const CLAIM = 'the name of a claim';

/** No prefix begins with another, and no name of a key with any. */
const PREFIX = 'up to 31 letters, digits, "_", ".", "@" or "-", and ":" or "|" at the end';

const issuerUrl = text(
  /^(https:\/\/[^\s/?#@]+|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?)([/?]\S*)?$/,
  URL_OF_ISSUER,
);

const audiences = z.array(z.string().min(1), AUDIENCES).min(1, AUDIENCES).max(10, AUDIENCES);

const callerName = text(/^[a-z][a-z0-9-]{1,31}$/, '2 to 32 lower-case letters, digits or "-"');

const rate = object({ requestsPerSecond: whole(1, 10_000), burst: whole(1, 5_000) });

const limits = object({
  /** Of input and output, in each region. */
  tokensPerDay: whole(1, 1_000_000_000_000).optional(),
  /** In each region; API Gateway tries its best to keep to it, and promises nothing. */
  rate: rate.optional(),
});

const NAMED_LIMITS =
  'limits by the names of callers: those of keys, or an issuer’s callerPrefix and what a token’s claim has';

/** `callers`: who may ask, and how they show it. */
export const callersConfigSchema = object({
  mode: z.literal(CALLER_MODES, MODES),
  /** With the mode `none`: yes, the whole world is meant to spend this account's money. */
  public: flag.optional(),
  keys: z.array(
    object({
      name: callerName,
      sha256: text(/^[0-9a-f]{64}$/, 'the hexadecimal SHA-256 of a key'),
      created: text(/^\d{4}-\d{2}-\d{2}$/, 'a date such as "2026-11-25"'),
    }),
    KEYS,
  ),
  issuers: z
    .array(
      object({
        issuer: issuerUrl,
        audience: audiences.optional(),
        /** For tokens without an audience, such as Cognito's access tokens: what their `client_id` may be. */
        clientId: audiences.optional(),
        callerClaim: text(/^\S{1,64}$/, CLAIM).optional(),
        /** What the names of its callers begin with, so that none is another's. */
        callerPrefix: text(/^[A-Za-z0-9_.@-]{1,30}[:|]$/, PREFIX).optional(),
        jwksUri: issuerUrl.optional(),
      }),
      ISSUERS,
    )
    .optional(),
  /** Of each caller; with the mode `none`, of all together. */
  limits: limits.optional(),
  /** Of callers whose limits differ. A caller's keys share them; they stay when its last key is revoked. */
  limitsOf: z.record(z.string().regex(CALLER_NAME, NAMED_LIMITS), limits, NAMED_LIMITS).optional(),
  /**
   * Of all together whom tokens name, and `limitsOf` does not: their names are not known to a deployment. Needed beside
   * `limits.rate`, which else would seem to hold them.
   */
  othersRate: rate.optional(),
  /**
   * Lets API Gateway remember what the authorizer said, by the one header that callers then use. Left out, either
   * header is taken and the authorizer is asked each time: API Gateway remembers by headers that every request has.
   */
  cache: object({
    header: z.literal(CREDENTIAL_HEADERS, `one of ${CREDENTIAL_HEADERS.join(', ')}`),
    seconds: whole(1, 3_600),
  }).optional(),
}).superRefine((callers, context) => {
  const { mode, keys, issuers = [] } = callers;
  const fault = (path: string | readonly (string | number)[], message: string) => {
    context.addIssue({ code: 'custom', path: [path].flat(), message });
  };
  keys.forEach(({ name, sha256 }, index) => {
    const before = keys.slice(0, index);
    if (before.filter((other) => other.name === name).length >= MAX_KEYS_OF_A_CALLER) {
      const message = `at most ${MAX_KEYS_OF_A_CALLER} keys of a caller: revoke one of ${name}`;
      fault(['keys', index, 'name'], message);
    }
    const same = before.find((other) => other.sha256 === sha256);
    if (same) fault(['keys', index, 'sha256'], `another hash: this is that of a key of ${same.name}`);
  });
  issuers.forEach(({ issuer, audience, clientId, callerPrefix }, index) => {
    const at = (key: string) => ['issuers', index, key];
    const before = issuers.slice(0, index);
    if (before.some((other) => other.issuer === issuer)) fault(at('issuer'), 'each issuer once');
    if ((audience === undefined) === (clientId === undefined)) fault(at('audience'), AUDIENCES);
    if (callerPrefix === undefined && (mode === 'both' || issuers.length > 1)) {
      fault(
        at('callerPrefix'),
        `${PREFIX}: a token’s claim could name a caller of a key, or of another issuer`,
      );
    }
    if (callerPrefix !== undefined && before.some((other) => other.callerPrefix === callerPrefix)) {
      fault(at('callerPrefix'), 'another for each issuer');
    }
  });
  for (const key of WITHOUT_EFFECT[mode]) {
    if ((callers[key] ?? false) !== false) {
      fault(key, `nothing with the mode ${mode}: it would have no effect`);
    }
  }
  if (mode === 'none' && callers.limits?.rate !== undefined) {
    fault(['limits', 'rate'], 'nothing with the mode none: it would have no effect; throttle is everybody’s');
  }
  if (['jwt', 'both'].includes(mode)) {
    if (issuers.length === 0) fault('issuers', ISSUERS);
    if (callers.limits?.rate !== undefined && callers.othersRate === undefined) {
      fault('othersRate', 'a rate, since limits.rate does not hold those whom tokens alone name');
    }
  }
  const known = JSON.stringify(knownCallers(callers, LONGEST_PROJECT) ?? {});
  const bytes = Buffer.byteLength(JSON.stringify({ CALLERS: known }));
  if (bytes > MAX_CALLERS_BYTES) {
    fault('keys', `what fits into ${MAX_CALLERS_BYTES} bytes of the authorizer’s environment, about 35 keys`);
  }
});

const WITHOUT_EFFECT = {
  keys: ['public', 'issuers', 'othersRate'],
  jwt: ['public'],
  both: ['public'],
  none: ['issuers', 'limitsOf', 'othersRate', 'cache'],
} as const satisfies Record<CallerMode, readonly string[]>;

/** As many characters as assistant-config.ts allows. */
const LONGEST_PROJECT = 'p'.repeat(31);

interface Limits {
  readonly tokensPerDay?: number | undefined;
}

interface CallersConfig {
  readonly mode: CallerMode;
  readonly public?: boolean | undefined;
  readonly keys: readonly { readonly name: string; readonly sha256: string }[];
  readonly issuers?:
    | readonly {
        readonly issuer: string;
        readonly audience?: readonly string[] | undefined;
        readonly clientId?: readonly string[] | undefined;
        readonly callerClaim?: string | undefined;
        readonly callerPrefix?: string | undefined;
        readonly jwksUri?: string | undefined;
      }[]
    | undefined;
  readonly limits?: Limits | undefined;
  readonly limitsOf?: Readonly<Record<string, Limits>> | undefined;
  readonly cache?: { readonly header: KnownCallers['headers'][number] } | undefined;
}

/** What the authorizer is to know; nothing where everybody may ask. */
export function knownCallers(
  { mode, keys, issuers = [], limits, limitsOf = {}, cache }: CallersConfig,
  project: string,
): KnownCallers | undefined {
  if (mode === 'none') return undefined;
  const usual = limits?.tokensPerDay ?? 0;
  return {
    project,
    mode,
    headers: cache ? [cache.header] : CREDENTIAL_HEADERS,
    keys: mode === 'jwt' ? {} : Object.fromEntries(keys.map(({ name, sha256 }) => [sha256, name])),
    issuers:
      mode === 'keys'
        ? []
        : issuers.map(({ callerClaim = 'sub', callerPrefix = '', jwksUri, ...issuer }) => ({
            ...issuer,
            callerClaim,
            callerPrefix,
            jwksUri: jwksUri ?? `${issuer.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
          })),
    tokensPerDay: {
      usual,
      of: Object.fromEntries(
        Object.entries(limitsOf).map(([name, { tokensPerDay }]) => [name, tokensPerDay ?? usual]),
      ),
    },
  };
}

/** What of it may be run on a laptop, and not be deployed. */
export function callersFault({
  mode,
  keys,
  issuers = [],
  public: isPublic,
}: CallersConfig): string | undefined {
  if (mode === 'none') {
    if (isPublic === true) return undefined;
    return 'Anybody could ask, at this account’s cost: callers.mode is "none". If that is meant, say "public": true.';
  }
  const local = issuers.flatMap(({ issuer, jwksUri = issuer }) => [issuer, jwksUri]).find(isOfThisMachine);
  if (local !== undefined) {
    return `A deployed authorizer cannot ask ${local} for keys: there, it is the function’s own machine. Name the issuer that signs your callers’ tokens in callers.issuers.`;
  }
  const demo = keys.find(({ sha256 }) => sha256 === hashOfKey(DEMO_KEY));
  if (demo === undefined || mode === 'jwt') return undefined;
  return (
    `The key of "${demo.name}" is ${DEMO_KEY}, which everybody knows. ` +
    `Make one by: npm run assistant -- keys new NAME; then: npm run assistant -- keys revoke ${demo.name}`
  );
}

const isOfThisMachine = (url: string): boolean =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(new URL(url).hostname);
