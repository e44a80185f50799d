import { z } from 'zod';
import type { Reply } from '../../../platform/http/server';
import { BadRequestError } from '../errors';
import type { Call } from '../operations';
import { parseMembers } from '../parse-members';

/** Source: AppConfig API reference, `MaxResults` of every List operation. */
const MAX_RESULTS = 50;

const pageRequest = z.object({
  max_results: z.coerce.number().int().min(1).max(MAX_RESULTS).default(MAX_RESULTS),
});

/**
 * One page of a list.
 * @throws BadRequestError for a size out of range, or a token that no page has given
 */
export function page(items: readonly unknown[], query: Call['query']): Reply {
  const { max_results: size } = parseMembers(pageRequest, {
    max_results: query.get('max_results') ?? undefined,
  });
  const start = startOf(query.get('next_token'));
  if (start > items.length) throw invalidToken();
  const end = start + size;
  const more = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { status: 200, body: { Items: items.slice(start, end), ...more } };
}

function startOf(token: string | null): number {
  if (token === null) return 0;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidToken();
  return Number(text);
}

const invalidToken = (): BadRequestError => new BadRequestError('NextToken: no page has given this token.');
