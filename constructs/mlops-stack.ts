import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { BaseStack } from './base-stack';
import type { AssistantConfig } from './config/assistant-config';
import { policy } from './iam';

export interface MlopsStackProps {
  readonly config: AssistantConfig;
}

/** Where the training data lies, and what a training job may read and write of it. */
export const TRAINING_PREFIX = 'train/';
export const OUTPUT_PREFIX = 'output/';

/** Training data for tuned models, and the role that trains them. */
export class MlopsStack extends BaseStack {
  readonly trainingBucket: S3Bucket;
  readonly trainingRole: IamRole;

  constructor(scope: Construct, name: 'mlops', { config }: MlopsStackProps) {
    super(scope, name, { config, region: config.regions.mlops });
    const account = new DataAwsCallerIdentity(this, 'account', { provider: this.provider }).accountId;
    this.trainingBucket = this.createTrainingBucket(config, account);
    this.trainingRole = this.createTrainingRole(config, account);
    new TerraformOutput(this, 's3_bucket_name', { value: this.trainingBucket.bucket });
    new TerraformOutput(this, 'sagemaker_role_arn', { value: this.trainingRole.arn });
  }

  private createTrainingBucket({ project, regions }: AssistantConfig, account: string): S3Bucket {
    const { provider } = this;
    const bucket = new S3Bucket(this, 'training_bucket', {
      provider,
      // Bucket names are global, so the account makes it ours.
      bucket: `${project}-training-${account}-${regions.mlops}`,
    });
    new S3BucketVersioningA(this, 'training_bucket_versioning', {
      provider,
      bucket: bucket.id,
      versioningConfiguration: { status: 'Enabled' },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, 'training_bucket_encryption', {
      provider,
      bucket: bucket.id,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms' }, bucketKeyEnabled: true }],
    });
    new S3BucketPublicAccessBlock(this, 'training_bucket_privacy', {
      provider,
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    return bucket;
  }

  private createTrainingRole({ project, regions }: AssistantConfig, account: string): IamRole {
    const { provider } = this;
    const role = new IamRole(this, 'training_role', {
      provider,
      name: `${project}-training-${regions.mlops}`,
      assumeRolePolicy: trainingTrust(account, regions.mlops),
    });
    const bucketArn = this.trainingBucket.arn;
    new IamRolePolicy(this, 'training_policy', {
      provider,
      name: 'permissions',
      role: role.name,
      policy: policy(
        {
          actions: ['s3:ListBucket'],
          resources: [bucketArn],
          conditions: { StringLike: { 's3:prefix': [`${TRAINING_PREFIX}*`, `${OUTPUT_PREFIX}*`] } },
        },
        { actions: ['s3:GetObject'], resources: [`${bucketArn}/${TRAINING_PREFIX}*`] },
        { actions: ['s3:PutObject'], resources: [`${bucketArn}/${OUTPUT_PREFIX}*`] },
      ),
    });
    return role;
  }
}

/** Both services may act for this account alone, and Bedrock for its customization jobs alone. */
function trainingTrust(account: string, region: string): string {
  const statement = (service: string, conditions: object) => ({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': account }, ...conditions },
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement('bedrock.amazonaws.com', {
        ArnLike: { 'aws:SourceArn': `arn:aws:bedrock:${region}:${account}:model-customization-job/*` },
      }),
      statement('sagemaker.amazonaws.com', {}),
    ],
  });
}
