import { invalidArgument } from '../http/errors';

/** Items that a page of any list has at most; S3 lowers what asks for more. */
const MAX_ITEMS = 1000;

/**
 * How many items a page may have, e.g. `max-keys`.
 * @throws AwsError 400 InvalidArgument
 */
export const countOption = (query: URLSearchParams, name: string): number =>
  Math.min(integerOption(query, name, MAX_ITEMS), MAX_ITEMS);

/** @throws AwsError 400 InvalidArgument */
export function integerOption(query: URLSearchParams, name: string, absent: number): number {
  const given = query.get(name);
  if (given === null) return absent;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw invalidArgument(name, given, `Provided ${name} not an integer or within integer range`);
}
