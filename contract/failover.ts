/** Seconds that an alias to API Gateway is kept by resolvers: it answers with its target's time to live. */
export const ALIAS_TTL_SECONDS = 60;

/** Seconds from a change to the last client's move: the checks' detection, and the time to live after it. */
export const moveSeconds = ({
  healthCheck,
}: {
  readonly healthCheck: { readonly intervalSeconds: number; readonly failureThreshold: number };
}): number => healthCheck.failureThreshold * healthCheck.intervalSeconds + ALIAS_TTL_SECONDS;

/**
 * Tokens that an answer to the canary may have, whatever the rule allows: it is asked for one word, once a minute for
 * ever, and a model that cannot be told not to think needs some hundred more for it. A thinking budget comes on top,
 * since a model refuses a limit below it.
 */
export const CANARY_MAX_TOKENS = 256;
