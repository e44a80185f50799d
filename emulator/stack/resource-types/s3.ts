import { text, type Addressed } from '../values';
import { actedOut, noLocalMeaning, type ResourceType, type ResourceTypes } from './resource-type';

/** A setting of a bucket, which Terraform knows by the bucket's name. */
const setting = (type: Omit<ResourceType, 'computed'>): ResourceType => ({
  ...type,
  computed: (of: Addressed) => ({ id: text(of, 'bucket') }),
});

export const s3: ResourceTypes = {
  aws_s3_bucket: {
    arguments: { ...actedOut('bucket'), ...noLocalMeaning('force_destroy', 'tags') },
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
    arguments: { ...actedOut('bucket'), versioning_configuration: actedOut('status') },
  }),
  aws_s3_bucket_server_side_encryption_configuration: setting({
    arguments: {
      ...actedOut('bucket'),
      rule: {
        apply_server_side_encryption_by_default: actedOut('sse_algorithm', 'kms_master_key_id'),
        ...actedOut('bucket_key_enabled'),
        // Nobody brings a key of their own to a laptop.
        ...noLocalMeaning('blocked_encryption_types'),
      },
    },
  }),
  aws_s3_bucket_lifecycle_configuration: setting({
    arguments: {
      ...actedOut('bucket'),
      rule: {
        ...actedOut('status'),
        ...noLocalMeaning('id'),
        filter: actedOut('prefix'),
        abort_incomplete_multipart_upload: actedOut('days_after_initiation'),
        noncurrent_version_expiration: actedOut('noncurrent_days'),
        expiration: actedOut('expired_object_delete_marker'),
      },
    },
  }),
  aws_s3_bucket_policy: setting({ arguments: actedOut('bucket', 'policy') }),
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
