import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { Resource } from '../../../stack/resource';
import { S3, type S3Options } from '../../../services/s3/s3';
import { readBuckets, type BucketSettings } from '../../../services/s3/bucket-settings';
import { documentOf, resource } from '../../platform/policy/fixture';

export const BUCKET = 'training';
const REGION = 'us-east-1';
export const KEY_ARN = 'arn:aws:kms:us-east-1:123456789012:key/1';
export const MB = 1024 * 1024;

/** Reads resources as they come out of a stack. */
export const bucketsOf = (...resources: readonly Resource[]): readonly BucketSettings[] =>
  readBuckets({ of: (type) => resources.filter((candidate) => candidate.type === type) });

const bucketResource = resource('aws_s3_bucket', { bucket: BUCKET, arn: `arn:aws:s3:::${BUCKET}` });
const setting = (type: string, values: Record<string, unknown>) =>
  resource(`aws_s3_bucket_${type}`, { bucket: BUCKET, ...values });

export const SETTINGS = {
  versioned: setting('versioning', { versioning_configuration: { status: 'Enabled' } }),
  kms: setting('server_side_encryption_configuration', {
    rule: [
      {
        apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms', kms_master_key_id: KEY_ARN },
        bucket_key_enabled: true,
      },
    ],
  }),
  policy: (...Statement: unknown[]) => setting('policy', { policy: documentOf(...Statement) }),
  lifecycle: (...rule: unknown[]) => setting('lifecycle_configuration', { rule }),
};

/** A bucket with the settings given, and otherwise as S3 makes them. */
export const bucketWith = (...settings: readonly Resource[]): readonly BucketSettings[] =>
  bucketsOf(bucketResource, ...settings);

export interface RunningS3 {
  readonly service: S3;
  readonly client: S3Client;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startS3(options: Partial<S3Options> = {}): Promise<RunningS3> {
  const service = new S3({ buckets: bucketWith(), region: REGION, ...options });
  const url = await service.listen();
  const client = clientOf(url);
  return {
    service,
    client,
    url,
    stop: async () => {
      client.destroy();
      await service.close();
    },
  };
}

/** The SDK advises on the console about streams that tests break on purpose. */
const ignore = () => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** As an operator's command would make it: nothing but endpoint, region and credentials; no retries. */
export const clientOf = (endpoint: string, more: { accessKeyId?: string; region?: string } = {}): S3Client =>
  new S3Client({
    endpoint,
    region: more.region ?? REGION,
    credentials: { accessKeyId: more.accessKeyId ?? 'AKIALOCALOPERATOR', secretAccessKey: 'local' },
    maxAttempts: 1,
    logger: SILENT,
  });

/** What a call failed with, e.g. `404 NoSuchKey`. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    const { Body } = (await call) as { readonly Body?: { transformToByteArray(): Promise<unknown> } };
    // A body that nobody has read fails on its own when the server closes.
    await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode ?? 0} ${error.name}`;
    throw error;
  }
  return 'no failure';
}
