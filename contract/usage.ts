/** How many tokens a caller has used on a day, in one region: an item of the region's table. */
export const USAGE_KEY = 'callerOfDay';
export const USAGE_TTL = 'expiresAt';

/** @returns the table's name, the same in each region */
export const usageTableName = (project: string): string => `${project}-usage`;

const DAY_SECONDS = 24 * 60 * 60;

/** Days begin at 00:00 UTC: callers in all time zones share a table. */
export const usageKey = (caller: string, now: number): string =>
  `${new Date(now).toISOString().slice(0, 10)}/${caller}`;

export const secondsToNextDay = (now: number): number =>
  DAY_SECONDS - (Math.floor(now / 1_000) % DAY_SECONDS);

/** Days that an item outlives its own: whoever asks what yesterday cost still finds it. */
const KEPT_DAYS = 2;

/** Epoch seconds at which an item may go, as DynamoDB's time to live has it. */
export const usageExpiry = (now: number): number => Math.ceil(now / 1_000) + (1 + KEPT_DAYS) * DAY_SECONDS;

/** For so long an instance believes what it knows of a caller's use; older, it is read before a model is asked. */
export const USAGE_VIEW_MS = 1_000;

export interface OverspendTerms {
  /** What API Gateway lets through of one caller. It keeps to them as best it can, and says no more. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** The longest that a request takes from being let through to being counted: the budget of a whole request. */
  readonly requestMs: number;
  /**
   * The most that one request uses, all of its attempts together: each may read all of a `history`, and no token of what
   * it reads is less than a byte.
   */
  readonly tokensPerRequest: number;
  /** Each has its own count: whom failover moves, or who asks both, has the day's tokens in each. */
  readonly regions: number;
}

/**
 * Tokens that a caller can use on a day at the most, whatever it does.
 *
 * A request passes as long as its instance knows of less than the limit, by what the table said no longer ago than
 * USAGE_VIEW_MS. Take the write that reaches the limit: what passes later than that view's age after it, is refused. So
 * all that is counted by this write and after it was let through within the longest time of a request before it, or the
 * view's age after it, and API Gateway lets `burst + rate × time` through. Before this write, less than the limit was
 * counted.
 *
 * It holds while the table can be read and written: without it, callers are served, and counted by nobody.
 */
export function mostTokensOfDay(tokensPerDay: number, terms: OverspendTerms): number {
  const seconds = (terms.requestMs + USAGE_VIEW_MS) / 1_000;
  const uncounted = terms.burst + Math.ceil(terms.requestsPerSecond * seconds);
  return terms.regions * (tokensPerDay + uncounted * terms.tokensPerRequest);
}
