import { createHash, randomBytes } from 'node:crypto';

/** What was asked and answered before. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** Turns that a caller may send as `history`, or that are read of a kept conversation: older ones have little to say. */
export const MAX_HISTORY_TURNS = 50;

/** Characters (Unicode code points) of all texts of a `history`. */
export const MAX_HISTORY_CHARACTERS = 100_000;

/** Days that a turn may be kept: a text that nobody has asked after for ten years is not missed. */
export const MAX_RETENTION_DAYS = 3_650;

/** What a function knows of the conversations that are kept. */
export interface KeptConversations {
  readonly table: string;
  readonly retentionDays: number;
}

/** @returns the global table's name, the same in each region */
export const conversationTableName = (project: string): string => `${project}-conversations`;

/*
 * One item for each turn, which nobody changes: two regions that write at the same time have nothing to agree on. Its
 * partition is the conversation, its sort key the time.
 */
export const CONVERSATION_KEY = 'conversation';
export const TURN_KEY = 'turn';
export const CONVERSATION_TTL = 'expiresAt';

/** No caller's name has a slash: whatever id somebody makes up, what is found by it is the caller's own. */
export const conversationKey = (caller: string, id: string): string => `${caller}/${id}`;

/** @param at ISO 8601 time at which it was asked */
export const turnKey = (at: string, requestId: string): string => `${at}/${requestId}`;

/** The sort key of what says that a conversation was forgotten: behind all times, so that it is read first. */
export const FORGOTTEN = '~forgotten';

const DAY_SECONDS = 24 * 60 * 60;

/** Epoch seconds at which an item may go; DynamoDB deletes it some days later, and until then it is read past. */
export const conversationExpiry = (now: number, days: number): number =>
  Math.ceil(now / 1_000) + days * DAY_SECONDS;

/** Nobody guesses another's id, or hits on one that there is. */
const RANDOM_BYTES = 16;
const TAG_BYTES = 5;
const ID = /^[A-Za-z0-9_-]{28}$/;

/**
 * A conversation's id: random bits, and a tag of these and its caller's name, by which each region knows another caller's
 * id as such without its table. The tag is no secret: who makes one up, for a name that is another's, finds nothing.
 */
export function newConversationId(caller: string): string {
  const random = randomBytes(RANDOM_BYTES);
  return Buffer.concat([random, tagOf(random, caller)]).toString('base64url');
}

export function isConversationOf(caller: string, id: string): boolean {
  if (!ID.test(id)) return false;
  const bytes = Buffer.from(id, 'base64url');
  return tagOf(bytes.subarray(0, RANDOM_BYTES), caller).equals(bytes.subarray(RANDOM_BYTES));
}

const tagOf = (random: Buffer, caller: string): Buffer =>
  createHash('sha256').update(random).update(caller).digest().subarray(0, TAG_BYTES);
