import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../../platform/http/aws-error';
import type { BucketSettings, Encryption } from './bucket-settings';
import { checksumHeader, type ObjectChecksum } from './checksums';
import { noSuchKey, notImplemented, preconditionFailed } from './errors';
import type { AnyVersion, ObjectHeaders, StoredObject } from './versions';

const SYSTEM_HEADERS = ['cache-control', 'content-disposition', 'content-language', 'expires'];
const META = 'x-amz-meta-';
/** Of user-defined metadata, names and values. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2048;

/**
 * What S3 keeps of an upload's headers.
 * @throws AwsError 400 MetadataTooLarge
 */
export function keptHeaders(headers: IncomingHttpHeaders): ObjectHeaders {
  const kept = Object.entries(headers).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && (SYSTEM_HEADERS.includes(entry[0]) || entry[0].startsWith(META)),
  );
  const bytes = kept
    .filter(([name]) => name.startsWith(META))
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name.slice(META.length) + value), 0);
  if (bytes > MAX_METADATA_BYTES) {
    throw new AwsError(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      {
        Size: bytes,
        MaxSizeAllowed: MAX_METADATA_BYTES,
      },
    );
  }
  // `aws-chunked` is how the body travelled, and no property of the object.
  const encodings = (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim());
  const encoding = encodings.filter((name) => name !== '' && name !== 'aws-chunked').join(',');
  return {
    'content-type': headers['content-type'] ?? 'binary/octet-stream',
    ...(encoding !== '' && { 'content-encoding': encoding }),
    ...Object.fromEntries(kept),
  };
}

const KEY_ID = 'x-amz-server-side-encryption-aws-kms-key-id';

/**
 * A key may be named by an alias; what S3 keeps, and answers, is the key's ARN.
 * @throws AwsError 501 for an encryption that is not the bucket's own
 */
export function requireBucketEncryption(headers: IncomingHttpHeaders, { encryption }: BucketSettings): void {
  const expected = encryptionHeaders(encryption);
  for (const [name, value] of Object.entries(headers)) {
    if (name === KEY_ID && encryption.keyAliases?.includes(String(value))) continue;
    if (name.startsWith('x-amz-server-side-encryption') && value !== expected[name]) {
      throw notImplemented(`${name} other than the bucket's default`);
    }
  }
}

export const encryptionHeaders = ({ algorithm, keyArn, bucketKey }: Encryption): ObjectHeaders => ({
  'x-amz-server-side-encryption': algorithm,
  ...(keyArn !== undefined && { [KEY_ID]: keyArn }),
  ...(bucketKey && { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' }),
});

export const checksumHeaders = ({ algorithm, type, value }: ObjectChecksum): ObjectHeaders => ({
  [checksumHeader(algorithm)]: value,
  'x-amz-checksum-type': type,
});

/** `x-amz-version-id`, of versions in a bucket that has them. */
export const versionHeaders = ({ versionId }: Pick<StoredObject, 'versionId'>): ObjectHeaders =>
  versionId === 'null' ? {} : { 'x-amz-version-id': versionId };

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

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 * @param latest of the key's versions; that a delete marker has no ETag to match is said of `*` alone there
 * @throws AwsError 412 PreconditionFailed, 404 NoSuchKey
 */
export function requireDeleteCondition(
  { 'if-match': ifMatch }: IncomingHttpHeaders,
  key: string,
  latest: AnyVersion | undefined,
): void {
  if (ifMatch === undefined) return;
  if (latest === undefined) throw noSuchKey(key);
  const isMet = latest.kind === 'object' && (ifMatch === '*' || matches(ifMatch, latest.etag));
  if (!isMet) throw preconditionFailed('If-Match');
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
