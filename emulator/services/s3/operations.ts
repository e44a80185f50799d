import type { Reply } from '../../platform/http/server';
import type { KmsUse } from './access';
import { completeMultipartUpload } from './complete-multipart-upload';
import { notImplemented } from './errors';
import type { Call, S3Request } from './http';
import { listMultipartUploads, listObjectsV2, listParts } from './list';
import { abortMultipartUpload, createMultipartUpload, uploadPart } from './multipart';
import { deleteObject, getObject, headObject, putObject } from './objects';

/** How one of S3's operations is recognised, what its caller must be allowed to do, and what it does. */
interface Operation {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly on: 'bucket' | 'object';
  /** query parameters that tell it from others */
  readonly selectors?: readonly string[];
  /** further query parameters that it takes */
  readonly options?: readonly string[];
  readonly action: `s3:${string}`;
  /** in place of `action` where the request names a version */
  readonly versionAction?: `s3:${string}`;
  /** what it does with the bucket's KMS key, in its caller's name */
  readonly key?: readonly KmsUse[];
  /** whether `If-Match` asks for the permission `s3:GetObject`, too, unless it is met by any object */
  readonly comparesETag?: boolean;
  readonly run: (call: Call) => Promise<Reply>;
}

const READ = {
  on: 'object',
  options: ['versionId'],
  action: 's3:GetObject',
  versionAction: 's3:GetObjectVersion',
} as const;

/** S3 decrypts the parts to make one object of them. */
const KEY_OF_PARTS = ['kms:GenerateDataKey', 'kms:Decrypt'] as const;

const OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    on: 'bucket',
    selectors: ['list-type'],
    options: ['prefix', 'delimiter', 'continuation-token', 'start-after', 'max-keys', 'encoding-type'],
    action: 's3:ListBucket',
    run: listObjectsV2,
  },
  {
    method: 'PUT',
    on: 'object',
    action: 's3:PutObject',
    key: ['kms:GenerateDataKey'],
    comparesETag: true,
    run: putObject,
  },
  { method: 'GET', ...READ, key: ['kms:Decrypt'], run: getObject },
  { method: 'HEAD', ...READ, key: ['kms:Decrypt'], run: headObject },
  {
    method: 'DELETE',
    on: 'object',
    options: ['versionId'],
    action: 's3:DeleteObject',
    versionAction: 's3:DeleteObjectVersion',
    comparesETag: true,
    run: deleteObject,
  },
  {
    method: 'POST',
    on: 'object',
    selectors: ['uploads'],
    action: 's3:PutObject',
    key: ['kms:GenerateDataKey'],
    run: createMultipartUpload,
  },
  {
    method: 'PUT',
    on: 'object',
    selectors: ['uploadId', 'partNumber'],
    action: 's3:PutObject',
    key: KEY_OF_PARTS,
    run: uploadPart,
  },
  {
    method: 'POST',
    on: 'object',
    selectors: ['uploadId'],
    action: 's3:PutObject',
    key: KEY_OF_PARTS,
    comparesETag: true,
    run: completeMultipartUpload,
  },
  {
    method: 'DELETE',
    on: 'object',
    selectors: ['uploadId'],
    action: 's3:AbortMultipartUpload',
    run: abortMultipartUpload,
  },
  {
    method: 'GET',
    on: 'object',
    selectors: ['uploadId'],
    options: ['max-parts', 'part-number-marker'],
    action: 's3:ListMultipartUploadParts',
    run: listParts,
  },
  {
    method: 'GET',
    on: 'bucket',
    selectors: ['uploads'],
    options: ['prefix', 'max-uploads', 'key-marker', 'upload-id-marker'],
    action: 's3:ListBucketMultipartUploads',
    run: listMultipartUploads,
  },
];

/** The SDK names the operation in it; S3 does not look at it. */
const IGNORED = 'x-id';

/** @throws AwsError 501 for an operation, or an option of one, that is not emulated */
export function operationOf({ method, bucket, key, query }: S3Request): Operation {
  const given = [...query.keys()].filter((name) => name !== IGNORED);
  const on = key === '' ? 'bucket' : 'object';
  const found = OPERATIONS.find(
    (operation) =>
      bucket !== '' &&
      operation.method === method &&
      operation.on === on &&
      (operation.selectors ?? []).every((name) => given.includes(name)) &&
      given.every((name) => [...(operation.selectors ?? []), ...(operation.options ?? [])].includes(name)),
  );
  if (found) return found;
  const options = given.length === 0 ? '' : ` with ?${given.join('&')}`;
  throw notImplemented(`${method} of ${bucket === '' ? 'the list of buckets' : `a ${on}`}${options}`);
}

/** Condition keys of `s3:ListBucket` and its kind, from the query parameters of the same names. */
export const listContext = ({ query }: S3Request): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['prefix', 'delimiter', 'max-keys'].flatMap((name) => {
      const value = query.get(name);
      return value === null ? [] : [[`s3:${name}`, value]];
    }),
  );
