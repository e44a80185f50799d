import type { Reply } from '../../../platform/http/server';
import type { Access, KmsUse } from '../access';
import type { S3Request } from '../http/request';
import type { Bucket } from '../store/bucket';

/** One request, and what it is about. */
export interface Call {
  readonly request: S3Request;
  readonly bucket: Bucket;
  readonly access: Access;
  readonly region: string;
  /** milliseconds since the epoch */
  readonly now: () => number;
}

/** How one of S3's operations is recognised, what its caller must be allowed to do, and what it does. */
export interface Operation {
  readonly name: string;
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
  readonly run: (call: Call) => Promise<Reply>;
}
