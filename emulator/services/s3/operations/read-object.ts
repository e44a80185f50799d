import { open } from 'node:fs/promises';
import { AwsError } from '../../../platform/http/aws-error';
import type { Reply } from '../../../platform/http/server';
import { requireReadConditions } from '../http/conditions';
import { accessDenied, noSuchKey } from '../http/errors';
import { checksumHeaders, encryptionHeaders, versionHeaders } from '../http/object-headers';
import { parseRange } from '../http/range';
import type { StoredObject } from '../store/versions';
import type { Call } from './operation';

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
  const body = object.size === 0 ? (await file.close(), '') : file.createReadStream(range ?? {});
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
  const versionId = query.get('versionId');
  const found = versionId === null ? versions.latest(key) : versions.find(key, versionId);
  if (found?.kind === 'object') return found;
  const marker = found && { ...versionHeaders(found), 'x-amz-delete-marker': 'true' };
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
