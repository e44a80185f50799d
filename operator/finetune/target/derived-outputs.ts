import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import {
  modelPackageGroupName,
  trainingBucketName,
  trainingKeyAlias,
  trainingRoleName,
} from '../../../contract/mlops-names';

/** @returns the mlops stack's outputs as they follow from its names in the caller's account, deployed or not */
export async function derivedOutputs(
  sts: STSClient,
  { project }: Pick<AssistantConfig, 'project'>,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  const { Account = '' } = await sts.send(new GetCallerIdentityCommand());
  return outputsByName(project, region, Account);
}

/** The key is known by its alias, which every API takes in place of it. */
export const outputsByName = (project: string, region: string, account: string) => ({
  s3_bucket_name: trainingBucketName(project, account, region),
  sagemaker_role_arn: `arn:aws:iam::${account}:role/${trainingRoleName(project, region)}`,
  kms_key_arn: `arn:aws:kms:${region}:${account}:${trainingKeyAlias(project)}`,
  model_package_group_name: modelPackageGroupName(project),
});
