import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import { trainingKeyAlias } from '../../contract/mlops-names';
import { protection, type MlopsPartProps } from './part-props';

export interface TrainingKeyProps extends MlopsPartProps {
  /** The role whose jobs read and write what the key encrypts. */
  readonly trainingRoleArn: string;
}

/** Longest that KMS keeps a deleted key: what only this key decrypts can be had back for as long. */
const DELETION_WINDOW_DAYS = 30;

/** The customer-managed key of training data and tuned models. */
export class TrainingKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TrainingKeyProps) {
    super(scope, id);
    const { config, provider } = props;
    const key = new KmsKey(this, 'default', {
      provider,
      description: `Training data and tuned models of ${config.project}`,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: keyPolicy(props),
      ...protection(props),
    });
    new KmsAlias(this, 'alias', {
      provider,
      name: trainingKeyAlias(config.project),
      targetKeyId: key.keyId,
    });
    this.arn = key.arn;
  }
}

/** The account's own policies decide for everybody but the training role, which is named here as well. */
function keyPolicy({ account, region, trainingRoleArn }: TrainingKeyProps): string {
  const statement = (principal: string, actions: string | readonly string[], conditions?: object) => ({
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: actions,
    Resource: '*',
    ...(conditions && { Condition: conditions }),
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement(`arn:aws:iam::${account}:root`, 'kms:*'),
      ...keyUses(region).map(({ service, actions }) =>
        statement(trainingRoleArn, actions, { StringEquals: { 'kms:ViaService': service } }),
      ),
    ],
  });
}

/** What a training job does with the key, through one service. */
export interface KeyUse {
  /** Value of `kms:ViaService`. */
  readonly service: string;
  readonly actions: readonly string[];
}

/**
 * S3 decrypts and encrypts objects; Bedrock encrypts the custom model, where a job is told to do so with this key.
 * Source: Bedrock user guide, "Encryption of custom models".
 */
export const keyUses = (region: string): readonly KeyUse[] => [
  { service: `s3.${region}.amazonaws.com`, actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  {
    service: `bedrock.${region}.amazonaws.com`,
    actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:CreateGrant'],
  },
];
