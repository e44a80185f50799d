import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { trainingRoleName } from '../../contract/mlops-names';
import { OUTPUT_PREFIX, TRAINING_PREFIX, VALIDATION_PREFIX } from '../../contract/training-data';
import { permissionsBoundary, policy, type Statement } from '../iam';
import type { MlopsPartProps } from './part-props';
import { keyUses } from './training-key';

/** The role that training jobs of Bedrock act with; SageMaker may take it, for the same data and nothing else. */
export class TrainingRole extends Construct {
  readonly arn: string;
  private readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MlopsPartProps,
  ) {
    super(scope, id);
    const { config, account, region, provider } = props;
    const role = new IamRole(this, 'default', {
      provider,
      name: trainingRoleName(config.project, region),
      assumeRolePolicy: trainingTrust(account, region),
      ...permissionsBoundary(config),
    });
    this.arn = role.arn;
    this.name = role.name;
  }

  /** The key names the role, and the permissions name the key: they come last. */
  permit(data: { readonly bucketArn: string; readonly keyArn: string }): void {
    const { region, provider } = this.props;
    new IamRolePolicy(this, 'policy', {
      provider,
      name: 'permissions',
      role: this.name,
      policy: policy(...trainingPermissions({ region, ...data })),
    });
  }
}

/**
 * The trust policy of the training role: each service acts for this account alone, and Bedrock for its customization
 * jobs alone. https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function trainingTrust(account: string, region: string): string {
  const statement = (service: string, conditions = {}) => ({
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
      statement('sagemaker.amazonaws.com'),
    ],
  });
}

/** What a training job works on. */
interface TrainingScope {
  readonly region: string;
  readonly bucketArn: string;
  readonly keyArn: string;
}

const PREFIXES = [TRAINING_PREFIX, VALIDATION_PREFIX, OUTPUT_PREFIX].map((prefix) => `${prefix}*`);

/**
 * Read the data, write the results. Source: Bedrock user guide, "Create a service role for model customization",
 * narrowed to the prefixes.
 */
function trainingPermissions({ region, bucketArn, keyArn }: TrainingScope): readonly Statement[] {
  return [
    {
      sid: 'ListData',
      actions: ['s3:ListBucket'],
      resources: [bucketArn],
      conditions: { StringLike: { 's3:prefix': PREFIXES } },
    },
    { sid: 'FindBucket', actions: ['s3:GetBucketLocation'], resources: [bucketArn] },
    {
      sid: 'ReadData',
      actions: ['s3:GetObject'],
      resources: PREFIXES.map((prefix) => `${bucketArn}/${prefix}`),
    },
    {
      sid: 'WriteResults',
      actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
      resources: [`${bucketArn}/${OUTPUT_PREFIX}*`],
    },
    ...keyUses(region).map(({ service, actions }) => ({
      actions,
      resources: [keyArn],
      conditions: { StringEquals: { 'kms:ViaService': service } },
    })),
  ];
}
