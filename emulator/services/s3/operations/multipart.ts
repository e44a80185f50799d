import type { Reply } from '../../../platform/http/server';
import { ALGORITHMS, DEFAULT_ALGORITHM, isAlgorithm, type ChecksumType } from '../checksum/algorithms';
import { invalidRequest, notImplemented } from '../http/errors';
import { encryptionHeaders, keptHeaders, requireBucketEncryption } from '../http/object-headers';
import { xmlReply } from '../http/replies';
import { completeMultipartUpload } from './complete-multipart';
import { listMultipartUploads, listParts } from './list-multipart';
import type { Call, Operation } from './operation';
import { uploadPart } from './upload-part';

async function createMultipartUpload({ request, bucket, now }: Call): Promise<Reply> {
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

async function abortMultipartUpload({ request: { key, query }, bucket }: Call): Promise<Reply> {
  await bucket.abort(key, query.get('uploadId') ?? '');
  return { status: 204 };
}

const header = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value.toUpperCase() : undefined;

const isOneOf = (types: readonly ChecksumType[], type: string): type is ChecksumType =>
  (types as readonly string[]).includes(type);

/** S3 decrypts the parts to make one object of them. */
const KEY_OF_PARTS = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

export const multipartOperations: readonly Operation[] = [
  {
    name: 'CreateMultipartUpload',
    method: 'POST',
    on: 'object',
    selectors: ['uploads'],
    action: 's3:PutObject',
    key: ['kms:GenerateDataKey'],
    run: createMultipartUpload,
  },
  {
    name: 'UploadPart',
    method: 'PUT',
    on: 'object',
    selectors: ['uploadId', 'partNumber'],
    action: 's3:PutObject',
    key: KEY_OF_PARTS,
    run: uploadPart,
  },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    on: 'object',
    selectors: ['uploadId'],
    action: 's3:PutObject',
    key: KEY_OF_PARTS,
    run: completeMultipartUpload,
  },
  {
    name: 'AbortMultipartUpload',
    method: 'DELETE',
    on: 'object',
    selectors: ['uploadId'],
    action: 's3:AbortMultipartUpload',
    run: abortMultipartUpload,
  },
  {
    name: 'ListParts',
    method: 'GET',
    on: 'object',
    selectors: ['uploadId'],
    options: ['max-parts', 'part-number-marker'],
    action: 's3:ListMultipartUploadParts',
    run: listParts,
  },
  {
    name: 'ListMultipartUploads',
    method: 'GET',
    on: 'bucket',
    selectors: ['uploads'],
    options: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker'],
    action: 's3:ListBucketMultipartUploads',
    run: listMultipartUploads,
  },
];
