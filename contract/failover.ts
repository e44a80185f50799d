/** Seconds that an alias to API Gateway is kept by resolvers: it answers with its target's time to live. */
export const ALIAS_TTL_SECONDS = 60;
