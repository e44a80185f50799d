import { open } from 'node:fs/promises';
import { AwsError } from '../../platform/http/aws-error';
import type { Reply } from '../../platform/http/server';
import { receiveContent } from './body';
import { accessDenied, invalidArgument, noSuchKey, notImplemented } from './errors';
import {
  checksumHeaders,
  encryptionHeaders,
  keptHeaders,
  requireBucketEncryption,
  requireDeleteCondition,
  requireReadConditions,
  requireWriteConditions,
  versionHeaders,
} from './headers';
import type { Call } from './http';
import { isVersionId, type StoredObject } from './versions';

export async function putObject({ request: { key, message }, bucket }: Call): Promise<Reply> {
  const { settings, files, versions } = bucket;
  const headers = keptHeaders(message.headers);
  requireBucketEncryption(message.headers, settings);
  const content = await receiveContent(message, files);
  try {
    // Asked at the end, so that of two writers who both saw no object only one succeeds.
    requireWriteConditions(message.headers, key, versions.current(key));
  } catch (error) {
    await files.remove(content.file);
    throw error;
  }
  const object = await bucket.add({
    ...content,
    key,
    headers,
    etag: bucket.etagOf(content.md5),
    checksum: { ...content.checksum, type: 'FULL_OBJECT' },
  });
  return {
    status: 200,
    headers: {
      etag: object.etag,
      ...checksumHeaders(object.checksum),
      ...versionHeaders(object),
      ...encryptionHeaders(settings.encryption),
    },
  };
}

export async function deleteObject({ request, bucket }: Call): Promise<Reply> {
  const { key, query, message } = request;
  const versionId = versionIdOf(query);
  if (versionId !== null && message.headers['if-match'] !== undefined) {
    // S3 evaluates it by the current version; what it then does with another is not known.
    throw notImplemented('If-Match for the deletion of a version');
  }
  requireDeleteCondition(message.headers, key, bucket.versions.latest(key));
  const version = versionId === null ? await bucket.delete(key) : await bucket.deleteVersion(key, versionId);
  return {
    status: 204,
    headers: {
      ...(version && versionHeaders(version)),
      ...(version?.kind === 'delete marker' && { 'x-amz-delete-marker': 'true' }),
    },
  };
}

/** @throws AwsError 400 InvalidArgument for what is not in the form of S3's IDs */
function versionIdOf(query: URLSearchParams): string | null {
  const versionId = query.get('versionId');
  if (versionId === '') throw invalidArgument('versionId', '', 'Version id cannot be the empty string');
  if (versionId === null || isVersionId(versionId)) return versionId;
  throw invalidArgument('versionId', versionId, 'Invalid version id specified');
}

/** HeadObject. https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export async function headObject(call: Call): Promise<Reply> {
  const { object, range, reply } = describe(call);
  return Promise.resolve({
    ...reply,
    headers: { ...reply.headers, 'content-length': lengthOf(object, range) },
  });
}

/** GetObject. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export async function getObject(call: Call): Promise<Reply> {
  const { object, range, reply } = describe(call);
  // Opened before the answer begins: what is deleted meanwhile is read to its end, as on S3.
  const file = await open(object.file);
  const { signal } = call.request;
  const isRead = object.size > 0 && !signal.aborted;
  const body = isRead ? file.createReadStream(range ?? {}) : (await file.close(), '');
  // Whoever hangs up before it is read leaves nobody else to close it.
  if (typeof body !== 'string') signal.addEventListener('abort', () => body.destroy(), { once: true });
  return { ...reply, headers: { ...reply.headers, 'content-length': lengthOf(object, range) }, body };
}

const lengthOf = ({ size }: StoredObject, range: ReturnType<typeof parseRange>): string =>
  String(range === undefined ? size : range.end - range.start + 1);

function describe(call: Call) {
  const { request, bucket } = call;
  const { headers } = request.message;
  const object = requireObject(call);
  requireReadConditions(headers, object);
  const range = parseRange(headers.range, object.size);
  const reply = {
    status: range === undefined ? 200 : 206,
    headers: {
      ...object.headers,
      'accept-ranges': 'bytes',
      etag: object.etag,
      'last-modified': new Date(object.lastModified).toUTCString(),
      ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${object.size}` }),
      // The checksum is the whole object's, and says nothing of a part of it.
      ...(headers['x-amz-checksum-mode'] === 'ENABLED' && !range && checksumHeaders(object.checksum)),
      ...versionHeaders(object),
      ...encryptionHeaders(bucket.settings.encryption),
    },
  };
  return { object, range, reply };
}

function requireObject({ request: { key, query }, bucket: { versions }, access }: Call): StoredObject {
  const versionId = versionIdOf(query);
  const found = versionId === null ? versions.latest(key) : versions.find(key, versionId);
  if (found?.kind === 'object') return found;
  const marker = found && {
    ...versionHeaders(found),
    'x-amz-delete-marker': 'true',
    'last-modified': new Date(found.lastModified).toUTCString(),
  };
  if (found && versionId !== null) {
    throw new AwsError(
      405,
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      {},
      marker,
    );
  }
  // Who may not list the bucket does not learn either what is not in it.
  if (!access.allows('s3:ListBucket')) throw accessDenied();
  if (versionId !== null) throw noSuchVersion(key, versionId);
  const missing = noSuchKey(key);
  throw marker ? new AwsError(404, missing.type, missing.message, missing.members, marker) : missing;
}

const noSuchVersion = (key: string, versionId: string): AwsError =>
  new AwsError(404, 'NoSuchVersion', 'The specified version does not exist.', {
    Key: key,
    VersionId: versionId,
  });

/** Bytes of an object, both ends included. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header; undefined for the whole object, which a malformed header asks for, too (RFC 9110, 14.2).
 * @param size the object's bytes
 * @throws AwsError 416 InvalidRange
 */
function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  if (/^bytes=.*,/.test(header)) throw notImplemented('more than one range of bytes in a request');
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if ((first === '' && last === '') || (first !== '' && last !== '' && Number(last) < Number(first))) {
    return undefined;
  }
  const suffix = first === '';
  const start = suffix ? Math.max(0, size - Number(last)) : Number(first);
  const end = suffix || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new AwsError(
      416,
      'InvalidRange',
      'The requested range is not satisfiable',
      { RangeRequested: header, ActualObjectSize: size },
      { 'content-range': `bytes */${size}` },
    );
  }
  return { start, end };
}
