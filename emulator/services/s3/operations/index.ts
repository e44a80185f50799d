import { notImplemented } from '../http/errors';
import type { S3Request } from '../http/request';
import { bucketOperations } from './buckets';
import { multipartOperations } from './multipart';
import { objectOperations } from './objects';
import type { Operation } from './operation';

const OPERATIONS: readonly Operation[] = [...multipartOperations, ...bucketOperations, ...objectOperations];

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
