import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SagemakerModelPackageGroup } from '@cdktf/provider-aws/lib/sagemaker-model-package-group';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { modelPackageGroupName, trainingRoleName } from '../contract/mlops-names';
import { BaseStack } from './base-stack';
import type { AssistantConfig } from './config/assistant-config';
import { mlopsRegion } from './config/mlops-config';
import { policy } from './iam';
import type { MlopsPartProps } from './mlops/mlops-part-props';
import { protection } from './mlops/protection';
import { TrainingBucket } from './mlops/training-bucket';
import { TrainingKey } from './mlops/training-key';
import { trainingPermissions } from './mlops/training-permissions';
import { trainingTrust } from './mlops/training-trust';

export interface MlopsStackProps {
  readonly config: AssistantConfig;
}

/** Training data for tuned models, the role that trains them, and the register of what was tuned. */
export class MlopsStack extends BaseStack {
  readonly trainingRole: IamRole;
  readonly trainingKey: TrainingKey;
  readonly trainingBucket: TrainingBucket;
  readonly register: SagemakerModelPackageGroup;

  constructor(scope: Construct, name: 'mlops', { config }: MlopsStackProps) {
    const region = mlopsRegion(config);
    super(scope, name, { config, region });
    const { provider } = this;
    const account = new DataAwsCallerIdentity(this, 'account', { provider }).accountId;
    const props: MlopsPartProps = { config, region, account, provider };

    this.trainingRole = this.createRole(props);
    this.trainingKey = new TrainingKey(this, 'training_key', {
      ...props,
      trainingRoleArn: this.trainingRole.arn,
    });
    this.trainingBucket = new TrainingBucket(this, 'training_bucket', {
      ...props,
      keyArn: this.trainingKey.arn,
    });
    this.permitTraining(props);
    this.register = this.createRegister(props);
    this.createOutputs(region);
  }

  private createRole({ config, account, region, provider }: MlopsPartProps): IamRole {
    return new IamRole(this, 'training_role', {
      provider,
      name: trainingRoleName(config.project, region),
      assumeRolePolicy: trainingTrust(account, region),
    });
  }

  private permitTraining({ account, region, provider }: MlopsPartProps): void {
    const { arn: bucketArn } = this.trainingBucket;
    const { arn: keyArn } = this.trainingKey;
    new IamRolePolicy(this, 'training_policy', {
      provider,
      name: 'permissions',
      role: this.trainingRole.name,
      policy: policy(...trainingPermissions({ account, region, bucketArn, keyArn })),
    });
  }

  private createRegister({ config, provider }: MlopsPartProps): SagemakerModelPackageGroup {
    return new SagemakerModelPackageGroup(this, 'register', {
      provider,
      modelPackageGroupName: modelPackageGroupName(config.project),
      modelPackageGroupDescription: `Tuned models of ${config.project}`,
      ...protection(config),
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
