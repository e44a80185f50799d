import { json } from '@assistant/emulator/run';
import { mlopsJson, mlopsStack } from './synthesized';

const stack = mlopsStack();
const bucket = stack.one('aws_s3_bucket').values.bucket;

/** The one resource of a type, which is about the training bucket. */
const setting = (type: string) => {
  const { values } = stack.one(type);
  expect(values.bucket).toBe(bucket);
  return values;
};

describe('the training bucket', () => {
  it('keeps every version', () => {
    expect(setting('aws_s3_bucket_versioning')).toMatchObject({
      versioning_configuration: { status: 'Enabled' },
    });
  });

  it('encrypts with the stack’s own key, and asks it less often', () => {
    expect(setting('aws_s3_bucket_server_side_encryption_configuration').rule).toEqual([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: 'aws:kms',
          kms_master_key_id: stack.outputs.kms_key_arn,
        },
        bucket_key_enabled: true,
        blocked_encryption_types: ['SSE-C'],
      },
    ]);
    expect(stack.one('aws_kms_key').values).toMatchObject({ enable_key_rotation: true });
    expect(stack.one('aws_kms_alias').values).toMatchObject({
      name: 'alias/customer-assistant-training',
      target_key_id: stack.one('aws_kms_key').values.key_id,
    });
  });

  it('belongs to nobody else', () => {
    expect(setting('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(setting('aws_s3_bucket_ownership_controls').rule).toEqual({
      object_ownership: 'BucketOwnerEnforced',
    });
  });

  it('answers over TLS alone, whoever asks for whatever', () => {
    setting('aws_s3_bucket_policy');
    expect(json(stack.one('aws_s3_bucket_policy'), 'policy')).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [`arn:aws:s3:::${String(bucket)}`, `arn:aws:s3:::${String(bucket)}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
  });

  it('forgets old versions as configured, and unfinished uploads after a week', () => {
    const rules = mlopsStack({ noncurrentVersionDays: 30 }).one('aws_s3_bucket_lifecycle_configuration');
    expect(rules.values.rule).toEqual([
      expect.objectContaining({
        status: 'Enabled',
        filter: [{ prefix: '' }],
        noncurrent_version_expiration: [{ noncurrent_days: 30 }],
      }),
      expect.objectContaining({
        status: 'Enabled',
        filter: [{ prefix: '' }],
        abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
      }),
    ]);
  });
});

describe('deletion protection', () => {
  const PROTECTED = ['aws_s3_bucket', 'aws_kms_key', 'aws_sagemaker_model_package_group'];
  const prevented = (deletionProtection: boolean) => {
    const { resource } = mlopsJson({ deletionProtection });
    return PROTECTED.flatMap((type) =>
      Object.values(resource[type] ?? {}).map(
        ({ lifecycle }) => (lifecycle as object & { prevent_destroy?: boolean }).prevent_destroy,
      ),
    );
  };
  const forceDestroy = (deletionProtection: boolean) =>
    Object.values(mlopsJson({ deletionProtection }).resource.aws_s3_bucket ?? {})[0]?.force_destroy;

  it('keeps the data, the key that reads it and the register from being destroyed', () => {
    expect(prevented(true)).toEqual(PROTECTED.map(() => true));
    expect(forceDestroy(true)).toBe(false);
  });

  it('can be switched off, and then a full bucket goes, too', () => {
    expect(prevented(false)).toEqual(PROTECTED.map(() => undefined));
    expect(forceDestroy(false)).toBe(true);
  });
});

it('stands in the region that tunes the base model, and says so', () => {
  const western = mlopsStack({ baseModel: 'meta.llama3-1-8b-instruct-v1:0:128k' });
  expect([western.region, western.outputs.region]).toEqual(['us-west-2', 'us-west-2']);
  expect(stack.outputs).toEqual({
    region: 'us-east-1',
    s3_bucket_name: 'customer-assistant-training-123456789012-us-east-1',
    sagemaker_role_arn: 'arn:aws:iam::123456789012:role/customer-assistant-training-us-east-1',
    kms_key_arn: stack.one('aws_kms_key').values.arn,
    model_package_group_name: 'customer-assistant-tuned-models',
  });
});
