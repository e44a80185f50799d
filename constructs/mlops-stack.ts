import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { SagemakerModelPackageGroup } from '@cdktf/provider-aws/lib/sagemaker-model-package-group';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { modelPackageGroupName } from '../contract/mlops-names';
import { BaseStack } from './base-stack';
import type { AssistantConfig } from './config/assistant-config';
import { mlopsRegion } from './config/mlops-config';
import { protection, type MlopsPartProps } from './mlops/part-props';
import { TrainingBucket } from './mlops/training-bucket';
import { TrainingKey } from './mlops/training-key';
import { TrainingRole } from './mlops/training-role';

export interface MlopsStackProps {
  readonly config: AssistantConfig;
}

/** Training data for tuned models, the role that trains them, and the register of what was tuned. */
export class MlopsStack extends BaseStack {
  readonly trainingRole: TrainingRole;
  readonly trainingKey: TrainingKey;
  readonly trainingBucket: TrainingBucket;
  readonly register: SagemakerModelPackageGroup;

  constructor(scope: Construct, name: 'mlops', { config }: MlopsStackProps) {
    const region = mlopsRegion(config);
    super(scope, name, { config, region });
    const { provider } = this;
    const account = new DataAwsCallerIdentity(this, 'account', { provider }).accountId;
    const props: MlopsPartProps = { config, region, account, provider };

    this.trainingRole = new TrainingRole(this, 'training_role', props);
    this.trainingKey = new TrainingKey(this, 'training_key', {
      ...props,
      trainingRoleArn: this.trainingRole.arn,
    });
    this.trainingBucket = new TrainingBucket(this, 'training_bucket', {
      ...props,
      keyArn: this.trainingKey.arn,
    });
    this.trainingRole.permit({ bucketArn: this.trainingBucket.arn, keyArn: this.trainingKey.arn });
    this.register = this.createRegister(props);
    this.createOutputs(region);
  }

  private createRegister({ config, region, provider }: MlopsPartProps): SagemakerModelPackageGroup {
    return new SagemakerModelPackageGroup(this, 'register', {
      provider,
      modelPackageGroupName: modelPackageGroupName(config.project),
      modelPackageGroupDescription: `Tuned models of ${config.project}`,
      ...protection({ config, region }),
    });
  }

  private createOutputs(region: string): void {
    const outputs = {
      s3_bucket_name: this.trainingBucket.name,
      sagemaker_role_arn: this.trainingRole.arn,
      kms_key_arn: this.trainingKey.arn,
      model_package_group_name: this.register.modelPackageGroupName,
      region,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }
}
