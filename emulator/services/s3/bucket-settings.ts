import * as z from 'zod/mini';
import {
  compileStatement,
  identityPolicySchema,
  readPolicy,
  type Statement,
  wildcard,
} from '../../platform/policy/policy';
import { type Resource, UnsupportedError } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import {
  type Addressed,
  block,
  blocks,
  flag,
  number,
  optionalBlock,
  optionalText,
  text,
} from '../../stack/values';

/** How S3 encrypts what a request gives no instructions for. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  /** a key of the account's own; left out for the one that AWS manages */
  readonly keyArn?: string;
  /** ARNs of the aliases of that key, which requests may name in its place */
  readonly keyAliases?: readonly string[];
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
      encryption: encryption(aspect(name, 'aws_s3_bucket_server_side_encryption_configuration'), stack),
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
function encryption(resource: Resource | undefined, stack: Pick<Stack, 'of'>): Encryption {
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
  if (keyArn === undefined) return { algorithm, bucketKey };
  const keyAliases = stack
    .of('aws_kms_alias')
    .filter((alias) => keyArn.endsWith(`:key/${text(alias, 'target_key_id')}`))
    .map((alias) => text(alias, 'arn'));
  return { algorithm, bucketKey, keyArn, keyAliases };
}

/** Of a bucket policy, in bytes: 20 KB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const MAX_POLICY = 20_480;

/** Only denials of everybody: within one account, an Allow adds nothing to what the callers' own policies allow. */
const denialOfAll = z.looseObject({
  Effect: z.literal('Deny', 'only denials are emulated'),
  Principal: z.union([z.literal('*'), z.strictObject({ AWS: z.literal('*') })]),
});
type Denial = z.output<typeof denialOfAll>;

const withoutPrincipals = ({ Statement, ...rest }: { readonly Statement: Denial | readonly Denial[] }) => ({
  ...rest,
  Statement: [Statement].flat().map(({ Principal, ...statement }) => statement),
});

/** The rest of the document is an identity policy's, once nobody is left out of it. */
const schema = z.pipe(
  z.pipe(
    z.looseObject({ Statement: z.union([denialOfAll, z.array(denialOfAll)]) }),
    z.transform((document) => withoutPrincipals(document) as unknown as z.input<typeof identityPolicySchema>),
  ),
  identityPolicySchema,
);

/** Condition keys that S3's requests have here: a denial by another would never come to pass. */
const CONDITION_KEYS: readonly string[] = [
  'aws:SecureTransport',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
].map((key) => key.toLowerCase());

/**
 * The statements of a bucket's policy; none where it has no policy.
 * @throws UnsupportedError for statements that allow, or that concern some principals or unknown condition keys only
 */
function bucketPolicy(resource: Resource | undefined): readonly Statement[] {
  if (resource === undefined) return [];
  const { document } = readPolicy(resource, 'policy', schema, MAX_POLICY);
  return document.Statement.map((statement, index) => {
    const where = `${resource.address}.policy.Statement.${index}`;
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      const other = Object.keys(keys).find((key) => !CONDITION_KEYS.includes(key.toLowerCase()));
      if (other === undefined) continue;
      throw new UnsupportedError(
        `${where}.Condition.${operator}.${other}`,
        'this condition key is not emulated',
      );
    }
    return compileStatement(
      statement,
      statement.Resource.map((arn) => wildcard(arn)),
      where,
    );
  });
}

/** What S3 clears away by itself. */
interface LifecycleRule {
  /** of the keys that it concerns */
  readonly prefix: string;
  /** after which an upload that is not complete is aborted */
  readonly unfinishedUploadDays?: number;
  /** after which a version that is no longer current is deleted */
  readonly noncurrentDays?: number;
  /** whether a delete marker goes once it is the last version of its key */
  readonly expiredDeleteMarker: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** S3 counts from the next midnight (UTC) on. https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
export const dueAt = (since: number, days: number): number =>
  Math.ceil(since / DAY_MS) * DAY_MS + days * DAY_MS;

const KNOWN = new Set([
  'id',
  'status',
  'filter',
  'abort_incomplete_multipart_upload',
  'noncurrent_version_expiration',
  'expiration',
]);

/** @throws UnsupportedError for transitions, expirations by age, filters by more than a prefix, ... */
function lifecycleRules(resource: Resource | undefined): readonly LifecycleRule[] {
  if (resource === undefined) return [];
  return blocks(resource, 'rule')
    .filter((rule) => text(rule, 'status') === 'Enabled')
    .map(lifecycleRule);
}

function lifecycleRule(rule: Addressed): LifecycleRule {
  refuseOthers(rule, KNOWN);
  const upload = optionalBlock(rule, 'abort_incomplete_multipart_upload');
  const noncurrent = optionalBlock(rule, 'noncurrent_version_expiration');
  const expiration = optionalBlock(rule, 'expiration');
  const filter = optionalBlock(rule, 'filter');
  if (filter) refuseOthers(filter, new Set(['prefix']));
  if (noncurrent) refuseOthers(noncurrent, new Set(['noncurrent_days']));
  if (expiration) refuseOthers(expiration, new Set(['expired_object_delete_marker']));
  return {
    prefix: (filter && optionalText(filter, 'prefix')) ?? '',
    ...(upload && { unfinishedUploadDays: number(upload, 'days_after_initiation') }),
    ...(noncurrent && { noncurrentDays: number(noncurrent, 'noncurrent_days') }),
    expiredDeleteMarker: expiration !== undefined,
  };
}

function refuseOthers({ address, values }: Addressed, known: ReadonlySet<string>): void {
  const other = Object.keys(values).find((name) => values[name] != null && !known.has(name));
  if (other !== undefined) throw new UnsupportedError(`${address}.${other}`, 'not emulated');
}
