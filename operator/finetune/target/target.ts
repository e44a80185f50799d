import type { AppConfigClient } from '@aws-sdk/client-appconfig';
import type { BedrockClient } from '@aws-sdk/client-bedrock';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { STSClient } from '@aws-sdk/client-sts';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';

/** Where the fine-tuning commands work: a deployment on AWS, or a running `npm start`. */
export interface Target {
  readonly kind: 'local' | 'aws';
  readonly config: AssistantConfig;
  /** The mlops stack's region, and what it made there. */
  readonly region: string;
  readonly bucket: string;
  readonly roleArn: string;
  /** Of the key itself, no alias: what S3 says of an object. */
  readonly kmsKeyArn: string;
  readonly modelPackageGroup: string;
  readonly s3: S3Client;
  readonly bedrock: BedrockClient;
  readonly sageMaker: SageMakerClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly sts: STSClient;
  /** AppConfig in each region of the assistant. */
  readonly appConfig: Readonly<Record<'primary' | 'secondary', AppConfigClient>>;
  /** Emulated milliseconds in a real one; 1 on AWS. */
  readonly speed: number;
  close(): void;
}

/** Real seconds between two looks of a function for new rules: AppConfig names whole ones. */
export const pollSeconds = ({ config, speed }: Pick<Target, 'config' | 'speed'>): number =>
  Math.ceil(config.modelConfigPollSeconds / speed);
