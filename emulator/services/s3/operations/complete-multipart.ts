import { createHash } from 'node:crypto';
import type { Reply } from '../../../platform/http/server';
import { checksumElement, compositeChecksum, type ObjectChecksum } from '../checksum/algorithms';
import { readCompletedParts } from '../http/completed-parts';
import { requireWriteConditions } from '../http/conditions';
import { badDigest } from '../http/errors';
import { encryptionHeaders, versionHeaders } from '../http/object-headers';
import { xmlReply } from '../http/replies';
import type { NewObject } from '../store/bucket';
import type { MultipartUpload, Part } from '../store/multipart-uploads';
import type { StoredObject } from '../store/versions';
import type { Call } from './operation';
import { declaredBy, requireDeclaration, sameChecksum } from './declared-object';
import { partsToJoin } from './parts-to-join';

/** CompleteMultipartUpload. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket } = call;
  const { key, query, message } = request;
  const { uploads, files, settings } = bucket;
  const uploadId = query.get('uploadId') ?? '';
  const named = await readCompletedParts(message);
  const upload = uploads.get(key, uploadId);
  const parts = partsToJoin(upload, named);
  const declared = declaredBy(message.headers);
  requireDeclaration(declared, upload, parts);

  // From here on nobody else completes it, aborts it or adds to it.
  uploads.take(key, uploadId);
  let object: StoredObject;
  try {
    object = await bucket.add(await join(call, upload, parts, declared.checksum));
  } catch (error) {
    uploads.restore(upload);
    throw error;
  }
  await files.remove(...[...upload.parts.values()].map(({ file }) => file));
  return xmlReply(
    'CompleteMultipartUploadResult',
    {
      Location: `https://${settings.name}.s3.amazonaws.com/${encodeURIComponent(key)}`,
      Bucket: settings.name,
      Key: key,
      ETag: object.etag,
      ...checksumElement(object.checksum),
      ChecksumType: object.checksum.type,
    },
    { ...versionHeaders(object), ...encryptionHeaders(settings.encryption) },
  );
}

async function join(
  { request, bucket }: Call,
  { key, headers, algorithm, checksumType }: MultipartUpload,
  parts: readonly Part[],
  declared: string | undefined,
): Promise<NewObject> {
  const { files, versions } = bucket;
  const { file, size, checksum } = await files.write(
    files.concatenated(parts.map((part) => part.file)),
    algorithm,
  );
  const whole: ObjectChecksum =
    checksumType === 'FULL_OBJECT'
      ? { ...checksum, type: 'FULL_OBJECT' }
      : await compositeChecksum(
          algorithm,
          parts.map((part) => part.checksum),
        );
  try {
    if (declared !== undefined && !sameChecksum(declared, whole)) throw badDigest(algorithm);
    requireWriteConditions(request.message.headers, key, versions.current(key));
  } catch (error) {
    await files.remove(file);
    throw error;
  }
  const md5 = createHash('md5');
  for (const part of parts) md5.update(part.md5);
  return { key, headers, file, size, checksum: whole, etag: bucket.etagOf(md5.digest(), parts.length) };
}
