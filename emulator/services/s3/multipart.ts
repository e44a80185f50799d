import type { Reply } from '../../platform/http/server';
import { receiveContent } from './body';
import {
  ALGORITHMS,
  checksumHeader,
  type ChecksumType,
  DEFAULT_ALGORITHM,
  expectedChecksum,
  isAlgorithm,
} from './checksums';
import { invalidArgument, invalidRequest, notImplemented } from './errors';
import { encryptionHeaders, keptHeaders, requireBucketEncryption } from './headers';
import { type Call, xmlReply } from './http';
import type { MultipartUpload } from './multipart-uploads';

export async function createMultipartUpload({ request, bucket, now }: Call): Promise<Reply> {
  const { key, message } = request;
  requireBucketEncryption(message.headers, bucket.settings);
  const named = header(message.headers['x-amz-checksum-algorithm']);
  const algorithm = named ?? DEFAULT_ALGORITHM;
  if (!isAlgorithm(algorithm)) throw notImplemented(`the checksum algorithm ${algorithm}`);
  const { multipart } = ALGORITHMS[algorithm];
  const checksumType = header(message.headers['x-amz-checksum-type']) ?? multipart[0];
  if (!isOneOf(multipart, checksumType)) {
    throw invalidRequest(
      `The ${checksumType} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  const upload = bucket.uploads.create(
    { key, headers: keptHeaders(message.headers), algorithm, checksumType, byDefault: named === undefined },
    now(),
  );
  const { settings } = bucket;
  return Promise.resolve(
    xmlReply(
      'InitiateMultipartUploadResult',
      { Bucket: settings.name, Key: key, UploadId: upload.id },
      {
        ...encryptionHeaders(settings.encryption),
        ...(named !== undefined && {
          'x-amz-checksum-algorithm': algorithm,
          'x-amz-checksum-type': checksumType,
        }),
      },
    ),
  );
}

export async function abortMultipartUpload({ request: { key, query }, bucket }: Call): Promise<Reply> {
  await bucket.abort(key, query.get('uploadId') ?? '');
  return { status: 204 };
}

const header = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value.toUpperCase() : undefined;

const isOneOf = (types: readonly ChecksumType[], type: string): type is ChecksumType =>
  (types as readonly string[]).includes(type);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PART_NUMBER = 10_000;

/** UploadPart. https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart({ request, bucket, now }: Call): Promise<Reply> {
  const { key, message, query } = request;
  const { files, uploads, settings } = bucket;
  const uploadId = query.get('uploadId') ?? '';
  const number = requirePartNumber(query.get('partNumber') ?? '');
  const upload = uploads.get(key, uploadId);
  requireSameAlgorithm(upload, expectedChecksum(message.headers)?.algorithm);

  const content = await receiveContent(message, files, upload.algorithm);
  const etag = bucket.etagOf(content.md5);
  try {
    // The upload may have been completed or aborted since.
    const replaced = uploads.addPart(key, uploadId, { ...content, number, etag, lastModified: now() });
    if (replaced) await files.remove(replaced.file);
  } catch (error) {
    await files.remove(content.file);
    throw error;
  }
  const { algorithm, value } = content.checksum;
  return {
    status: 200,
    headers: {
      etag,
      ...(content.verified && { [checksumHeader(algorithm)]: value }),
      ...encryptionHeaders(settings.encryption),
    },
  };
}

function requirePartNumber(given: string): number {
  const number = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (number >= 1 && number <= MAX_PART_NUMBER) return number;
  throw invalidArgument(
    'partNumber',
    given,
    `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
  );
}

/** A full-object checksum S3 can make by itself; a composite one is made of what the caller sends. */
function requireSameAlgorithm(upload: MultipartUpload, sent: string | undefined): void {
  if (upload.byDefault) return;
  if (sent === upload.algorithm || (sent === undefined && upload.checksumType === 'FULL_OBJECT')) return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}`,
  );
}
