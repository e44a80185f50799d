import { z } from 'zod';
import { parse, text } from '../../../platform/http/constraints';

/** What every List operation of Bedrock's control plane takes, read from its query string. */
export interface ListQuery {
  readonly nameContains?: string | undefined;
  /** milliseconds since the epoch, exclusive */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly maxResults: number;
  readonly sortOrder: 'Ascending' | 'Descending';
  /** place in the order of creation that the page begins behind */
  readonly cursor: number | undefined;
}

/** AWS does not say how many results it sends unasked. */
const DEFAULT_MAX_RESULTS = 100;
const RANGE = 'Member must be between 1 and 1000';

const time = z
  .string()
  .refine((value) => !Number.isNaN(Date.parse(value)), 'Member must be a timestamp of ISO 8601')
  .transform((value) => Date.parse(value))
  .optional();

const schema = z.object({
  nameContains: text(1, 63).optional(),
  after: time,
  before: time,
  maxResults: z.coerce.number(RANGE).int(RANGE).min(1, RANGE).max(1000, RANGE).default(DEFAULT_MAX_RESULTS),
  sortBy: z.enum(['CreationTime']).optional(),
  sortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
  nextToken: text(1, 2048)
    .transform(decodeCursor)
    .refine((cursor) => cursor !== undefined, 'Member must be a token of a previous response')
    .optional(),
});

/**
 * @param bounds names of the two members that bound the time of creation; operations differ
 * @throws AwsError ValidationException
 */
export function parseListQuery(
  query: URLSearchParams,
  [after, before] = ['creationTimeAfter', 'creationTimeBefore'],
): ListQuery {
  const given = Object.fromEntries(query);
  const { nextToken, ...rest } = parse(schema, { ...given, after: given[after], before: given[before] });
  return { ...rest, cursor: nextToken };
}

export const encodeCursor = (sequence: number): string =>
  Buffer.from(`after:${sequence}`).toString('base64url');

function decodeCursor(token: string): number | undefined {
  const [, sequence] = /^after:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return sequence === undefined ? undefined : Number(sequence);
}
