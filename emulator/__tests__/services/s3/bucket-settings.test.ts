import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type Resource, UnsupportedError } from '../../../stack/resource';
import { resource } from '../../platform/policy/fixture';
import { BUCKET, bucketsOf, bucketWith, failureOf, KEY_ARN, SETTINGS, startS3 } from './fixture';
import { Upload } from './multipart-client';

const DAY = 24 * 60 * 60 * 1000;
const MIDNIGHT = Date.UTC(2026, 10, 22);

describe('a bucket’s settings', () => {
  it('are S3’s own where the stack gives none', () => {
    expect(bucketWith()).toEqual([
      {
        name: BUCKET,
        arn: `arn:aws:s3:::${BUCKET}`,
        versioned: false,
        encryption: { algorithm: 'AES256', bucketKey: false },
        policy: [],
        lifecycle: [],
      },
    ]);
  });

  const rule = (more: Record<string, unknown>) => SETTINGS.lifecycle({ id: 'x', status: 'Enabled', ...more });
  it.each<[string, Resource]>([
    [
      'aws_s3_bucket_versioning.x.versioning_configuration.status',
      resource('aws_s3_bucket_versioning', {
        bucket: BUCKET,
        versioning_configuration: { status: 'Suspended' },
      }),
    ],
    [
      'aws_s3_bucket_versioning.x.bucket',
      resource('aws_s3_bucket_versioning', { bucket: 'other', versioning_configuration: {} }),
    ],
    ['aws_s3_bucket_lifecycle_configuration.x.rule.transition', rule({ transition: [{ days: 1 }] })],
    ['aws_s3_bucket_lifecycle_configuration.x.rule.expiration.days', rule({ expiration: [{ days: 1 }] })],
    ['aws_s3_bucket_lifecycle_configuration.x.rule.filter.tag', rule({ filter: [{ tag: { key: 'a' } }] })],
    [
      'aws_s3_bucket_policy.x.policy.Statement',
      SETTINGS.policy({ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }),
    ],
    [
      'aws_s3_bucket_policy.x.policy.Statement',
      SETTINGS.policy({ Effect: 'Deny', Principal: { AWS: 'arn:x' }, Action: 's3:*', Resource: '*' }),
    ],
    [
      'aws_s3_bucket_policy.x.policy.Statement.0.Condition.StringEquals.s3:x-amz-acl',
      SETTINGS.policy({
        ...{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' },
        Condition: { StringEquals: { 's3:prefix': 'a', 's3:x-amz-acl': 'public-read' } },
      }),
    ],
  ])('that are not emulated are refused by their address: %s', (address, setting) => {
    const read = () => bucketWith(setting);
    expect(read).toThrow(UnsupportedError);
    expect(read).toThrow(address);
  });

  it('stand once for each bucket', () => {
    expect(() => bucketWith(SETTINGS.versioned, SETTINGS.versioned)).toThrow(UnsupportedError);
    expect(bucketsOf()).toEqual([]);
  });
});

describe('encryption by KMS', () => {
  it('is told to callers, and leaves them an ETag that is no MD5', async () => {
    const s3 = await startS3({ buckets: bucketWith(SETTINGS.kms) });
    const put = () => s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'same' }));
    const [one, other] = [await put(), await put()];
    expect(one).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: KEY_ARN,
      BucketKeyEnabled: true,
      ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/) as string,
    });
    expect(one.ETag).not.toBe(other.ETag);
    expect(one.ChecksumCRC32).toBe(other.ChecksumCRC32);
    await s3.stop();
  });
});

describe('lifecycle rules', () => {
  it('abort uploads and delete old versions, some days after the next midnight', async () => {
    let now = MIDNIGHT + 1;
    const rules = SETTINGS.lifecycle(
      {
        id: 'uploads',
        status: 'Enabled',
        filter: [{ prefix: 'train/' }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      },
      {
        id: 'versions',
        status: 'Enabled',
        filter: [{ prefix: '' }],
        noncurrent_version_expiration: [{ noncurrent_days: 30 }],
        expiration: [{ expired_object_delete_marker: true }],
      },
    );
    const s3 = await startS3({ buckets: bucketWith(SETTINGS.versioned, rules), now: () => now });
    const put = (Body: string) => s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body }));
    const first = await put('1');
    await put('2');
    await Upload.create(s3.client, 'train/a');
    const kept = await Upload.create(s3.client, 'other/a');
    const uploads = async () => {
      const { Uploads = [] } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
      return Uploads.map(({ UploadId }) => UploadId);
    };
    const old = () =>
      failureOf(
        s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a', VersionId: first.VersionId })),
      );
    now = MIDNIGHT + 8 * DAY - 1;
    expect(await uploads()).toHaveLength(2);
    now += 1;
    expect(await uploads()).toEqual([kept.id]);
    now = MIDNIGHT + 31 * DAY - 1;
    expect(await old()).toBe('no failure');
    now += 1;
    expect(await old()).toBe('404 NoSuchVersion');
    await s3.stop();
  });
});
