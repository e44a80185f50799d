import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../../../platform/http/aws-error';
import type { StoredObject } from '../store/versions';
import { noSuchKey, notImplemented, preconditionFailed } from './errors';

const BY_DATE = ['if-modified-since', 'if-unmodified-since'];

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @param current the key's current version
 * @throws AwsError 412 PreconditionFailed, 404 NoSuchKey, 501
 */
export function requireWriteConditions(
  { 'if-match': ifMatch, 'if-none-match': ifNoneMatch }: IncomingHttpHeaders,
  key: string,
  current: StoredObject | undefined,
): void {
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') throw notImplemented('If-None-Match with anything but * on a write');
    if (current !== undefined) throw preconditionFailed('If-None-Match');
  }
  if (ifMatch !== undefined) {
    if (current === undefined) throw noSuchKey(key);
    if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
  }
}

/** @throws AwsError 412 PreconditionFailed, 304, 501 */
export function requireReadConditions(headers: IncomingHttpHeaders, { etag }: StoredObject): void {
  const byDate = BY_DATE.find((name) => headers[name] !== undefined);
  if (byDate !== undefined) throw notImplemented(`the header ${byDate}`);
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifMatch !== undefined && ifMatch !== '*' && !matches(ifMatch, etag))
    throw preconditionFailed('If-Match');
  if (ifNoneMatch !== undefined && (ifNoneMatch === '*' || matches(ifNoneMatch, etag))) {
    throw new AwsError(304, 'NotModified', 'Not Modified', {}, { etag });
  }
}

/** S3 takes ETags with and without their quotation marks. */
export const matches = (given: string, etag: string): boolean => unquoted(given) === unquoted(etag);

const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');
