import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import { trainingBucketName } from '../../contract/mlops-names';
import { acceptFindings } from '../accepted-findings';
import { protection, type MlopsPartProps } from './part-props';

export interface TrainingBucketProps extends MlopsPartProps {
  readonly keyArn: string;
}

/** An upload is taken up again within a day or two; its parts cost money until they are cleared away. */
const UNFINISHED_UPLOAD_DAYS = 7;

/** Training data in, training results out: private, versioned, encrypted with a key of its own. */
export class TrainingBucket extends Construct {
  readonly name: string;
  readonly arn: string;
  private readonly on: Pick<MlopsPartProps, 'provider'> & { readonly bucket: string };

  constructor(scope: Construct, id: string, props: TrainingBucketProps) {
    super(scope, id);
    const { config, account, region, provider } = props;
    const bucket = new S3Bucket(this, 'default', {
      provider,
      bucket: trainingBucketName(config.project, account, region),
      // Without it, Terraform could not destroy a bucket that has ever held anything.
      forceDestroy: !config.mlops.deletionProtection,
      ...protection(props),
    });
    acceptFindings(bucket, {
      CKV2_AWS_62: 'Nobody has to hear of an upload: a training job names its files.',
      CKV_AWS_18:
        'It would take another bucket; data events of CloudTrail tell the same where they are wanted.',
      CKV_AWS_144: 'What it holds is made again from its source, and one region fine-tunes.',
    });
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.on = { provider, bucket: bucket.id };
    this.keepVersions(config.mlops.noncurrentVersionDays);
    this.encrypt(props.keyArn);
    this.keepPrivate();
  }

  private keepVersions(noncurrentDays: number): void {
    const versioning = new S3BucketVersioningA(this, 'versioning', {
      ...this.on,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      ...this.on,
      rule: [
        {
          id: 'old-versions',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          noncurrentVersionExpiration: [{ noncurrentDays }],
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
        {
          id: 'unfinished-uploads',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: UNFINISHED_UPLOAD_DAYS }],
        },
      ],
      // S3 refuses rules for old versions where there can be none.
      dependsOn: [versioning],
    });
  }

  private encrypt(keyArn: string): void {
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      ...this.on,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: keyArn },
          // One data key serves many objects: KMS is asked, and paid, less often.
          bucketKeyEnabled: true,
          // S3 sets it by itself for new buckets since April 2026: left out, it would be a change in every plan.
          blockedEncryptionTypes: ['SSE-C'],
        },
      ],
    });
  }

  private keepPrivate(): void {
    new S3BucketOwnershipControls(this, 'ownership', {
      ...this.on,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const privacy = new S3BucketPublicAccessBlock(this, 'privacy', {
      ...this.on,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketPolicy(this, 'policy', {
      ...this.on,
      policy: encryptedTransportOnly(this.arn),
      // S3 refuses two changes of a bucket's access at the same time.
      dependsOn: [privacy],
    });
  }
}

const encryptedTransportOnly = (bucketArn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'EncryptedTransportOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
