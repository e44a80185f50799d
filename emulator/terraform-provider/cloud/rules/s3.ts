import type { Values } from '../../protocol/values';
import { Refusal } from '../refusal';
import { list, need, type Rule, type Rules } from './rule';

const ofBucket: Rule = {
  needs: [need('bucket', ['aws_s3_bucket', 'bucket'], 'NoSuchBucket', 'The specified bucket does not exist')],
};

export const s3: Rules = {
  // Names are unique in all of AWS; another account's are not known here.
  aws_s3_bucket: {
    unique: {
      by: ['bucket'],
      refusal: () => new Refusal('BucketAlreadyExists', 'The requested bucket name is not available.'),
    },
    beforeDelete: ({ force_destroy: emptiesItFirst }, { settings }) => {
      if (settings.bucketsHaveObjects === true && emptiesItFirst !== true) {
        throw new Refusal('BucketNotEmpty', 'The bucket you tried to delete is not empty');
      }
    },
    computed: (_, { region }) => ({
      bucket_region: region,
      object_lock_enabled: false,
      request_payer: 'BucketOwner',
    }),
  },
  aws_s3_bucket_lifecycle_configuration: {
    ...ofBucket,
    computed: () => ({ transition_default_minimum_object_size: 'all_storage_classes_128K' }),
  },
  aws_s3_bucket_ownership_controls: ofBucket,
  aws_s3_bucket_policy: ofBucket,
  aws_s3_bucket_public_access_block: ofBucket,
  aws_s3_bucket_server_side_encryption_configuration: {
    ...ofBucket,
    // Since April 2026 new buckets refuse SSE-C unless told otherwise, and say so to who reads.
    reported: (values) => ({
      ...values,
      rule: (list(values.rule) as readonly Values[]).map((rule) => ({
        ...rule,
        blocked_encryption_types:
          list(rule.blocked_encryption_types).length > 0 ? rule.blocked_encryption_types : ['SSE-C'],
      })),
    }),
  },
  aws_s3_bucket_versioning: ofBucket,
};
