import { text, type Addressed } from '../values';
import { emulated, noLocalMeaning, type ResourceType, type ResourceTypes } from './resource-type';

/** A setting of a bucket, which Terraform knows by the bucket's name. */
const setting = (type: Omit<ResourceType, 'computed'>): ResourceType => ({
  ...type,
  computed: (of: Addressed) => ({ id: text(of, 'bucket') }),
});

export const s3: ResourceTypes = {
  aws_s3_bucket: {
    arguments: { ...emulated('bucket'), ...noLocalMeaning('force_destroy', 'tags') },
    computed: (of, { region }) => {
      const bucket = text(of, 'bucket');
      return {
        id: bucket,
        arn: `arn:aws:s3:::${bucket}`,
        bucket_domain_name: `${bucket}.s3.amazonaws.com`,
        bucket_regional_domain_name: `${bucket}.s3.${region}.amazonaws.com`,
      };
    },
  },
  aws_s3_bucket_versioning: setting({
    arguments: { ...emulated('bucket'), versioning_configuration: emulated('status') },
  }),
  aws_s3_bucket_server_side_encryption_configuration: setting({
    arguments: {
      ...emulated('bucket'),
      rule: {
        apply_server_side_encryption_by_default: emulated('sse_algorithm', 'kms_master_key_id'),
        ...emulated('bucket_key_enabled'),
        // Nobody brings a key of their own to a laptop.
        ...noLocalMeaning('blocked_encryption_types'),
      },
    },
  }),
  aws_s3_bucket_lifecycle_configuration: setting({
    arguments: {
      ...emulated('bucket'),
      rule: {
        ...emulated('status'),
        ...noLocalMeaning('id'),
        filter: emulated('prefix'),
        abort_incomplete_multipart_upload: emulated('days_after_initiation'),
        noncurrent_version_expiration: emulated('noncurrent_days'),
        expiration: emulated('expired_object_delete_marker'),
      },
    },
  }),
  aws_s3_bucket_policy: setting({ arguments: emulated('bucket', 'policy') }),
  // Nobody from outside the account calls a laptop.
  aws_s3_bucket_ownership_controls: setting({
    readOnly: true,
    arguments: noLocalMeaning('bucket', 'rule'),
  }),
  aws_s3_bucket_public_access_block: setting({
    readOnly: true,
    arguments: noLocalMeaning(
      'bucket',
      'block_public_acls',
      'block_public_policy',
      'ignore_public_acls',
      'restrict_public_buckets',
    ),
  }),
};
