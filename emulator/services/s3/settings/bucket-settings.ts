import { UnsupportedError, type Resource } from '../../../stack/resource';
import type { Stack } from '../../../stack/stack';
import { block, blocks, flag, optionalText, text } from '../../../stack/values';
import type { Statement } from '../../../platform/policy/statement';
import { bucketPolicy } from './bucket-policy';
import { lifecycleRules, type LifecycleRule } from './lifecycle';

/** How S3 encrypts what a request gives no instructions for. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  /** a key of the account's own; left out for the one that AWS manages */
  readonly keyArn?: string;
  readonly bucketKey: boolean;
}

/** A bucket, with the settings that the stack gives it. */
export interface BucketSettings {
  readonly name: string;
  readonly arn: string;
  readonly versioned: boolean;
  readonly encryption: Encryption;
  /** Denials of its bucket policy. */
  readonly policy: readonly Statement[];
  readonly lifecycle: readonly LifecycleRule[];
}

/**
 * The buckets of a stack: its `aws_s3_bucket`, with what `_versioning`, `_server_side_encryption_configuration`,
 * `_policy` and `_lifecycle_configuration` say of them. `_public_access_block` and `_ownership_controls` concern
 * callers from outside the account, who do not exist in a local run.
 * @throws UnsupportedError for settings that are not emulated
 */
export function readBuckets(stack: Pick<Stack, 'of'>): readonly BucketSettings[] {
  const buckets = stack.of('aws_s3_bucket');
  const names = buckets.map((bucket) => text(bucket, 'bucket'));
  const aspect = (name: string, type: string): Resource | undefined => {
    const all = stack.of(type);
    const stray = all.find((resource) => !names.includes(text(resource, 'bucket')));
    if (stray)
      throw new UnsupportedError(`${stray.address}.bucket`, 'names a bucket that the stack does not have');
    const [first, second] = all.filter((resource) => text(resource, 'bucket') === name);
    if (second) throw new UnsupportedError(second.address, `the bucket ${name} has one of these already`);
    return first;
  };
  return buckets.map((bucket) => {
    const name = text(bucket, 'bucket');
    return {
      name,
      arn: text(bucket, 'arn'),
      versioned: isVersioned(aspect(name, 'aws_s3_bucket_versioning')),
      encryption: encryption(aspect(name, 'aws_s3_bucket_server_side_encryption_configuration')),
      policy: bucketPolicy(aspect(name, 'aws_s3_bucket_policy')),
      lifecycle: lifecycleRules(aspect(name, 'aws_s3_bucket_lifecycle_configuration')),
    };
  });
}

function isVersioned(resource: Resource | undefined): boolean {
  if (resource === undefined) return false;
  const configuration = block(resource, 'versioning_configuration');
  const status = text(configuration, 'status');
  if (status === 'Suspended') {
    throw new UnsupportedError(`${configuration.address}.status`, 'suspended versioning is not emulated');
  }
  return status === 'Enabled';
}

/** Without a configuration S3 encrypts with keys of its own: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html */
function encryption(resource: Resource | undefined): Encryption {
  if (resource === undefined) return { algorithm: 'AES256', bucketKey: false };
  const rule = block(resource, 'rule');
  const [byDefault] = blocks(rule, 'apply_server_side_encryption_by_default');
  const bucketKey = flag(rule, 'bucket_key_enabled');
  if (byDefault === undefined) return { algorithm: 'AES256', bucketKey };
  const algorithm = text(byDefault, 'sse_algorithm');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') {
    throw new UnsupportedError(`${byDefault.address}.sse_algorithm`, `${algorithm} is not emulated`);
  }
  const keyArn = optionalText(byDefault, 'kms_master_key_id');
  return { algorithm, bucketKey, ...(keyArn !== undefined && { keyArn }) };
}
