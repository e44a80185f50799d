import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';
import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import {
  modelPackageGroupName,
  trainingBucketName,
  trainingKeyAlias,
  trainingRoleName,
} from '../../../contract/mlops-names';
import { PROJECT, stackFolder } from '../../command/project';
import { CommandError, isNamed } from '../../command/errors';
import type { Target } from './target';

/** What the mlops stack made, as far as the commands need it. */
type StackResources = Pick<Target, 'bucket' | 'roleArn' | 'kmsKeyArn' | 'modelPackageGroup'>;

type Environment = Readonly<Record<string, string | undefined>>;

/** How each is called in the environment and among the stack's outputs. */
const NAMES: Readonly<Record<keyof StackResources, { readonly variable: string; readonly output: string }>> =
  {
    bucket: { variable: 'S3_BUCKET_NAME', output: 's3_bucket_name' },
    roleArn: { variable: 'SAGEMAKER_ROLE_ARN', output: 'sagemaker_role_arn' },
    kmsKeyArn: { variable: 'KMS_KEY_ARN', output: 'kms_key_arn' },
    modelPackageGroup: { variable: 'MODEL_PACKAGE_GROUP_NAME', output: 'model_package_group_name' },
  };

/** Whether the environment names everything, so that nobody else has to be asked. */
export const namesEverything = (environment: Environment): boolean =>
  Object.values(NAMES).every(({ variable }) => (environment[variable] ?? '') !== '');

/**
 * The environment beats the stack's outputs.
 * @param outputs by name
 * @throws CommandError that names what to export or to deploy
 */
export function stackResources(
  environment: Environment,
  outputs: Readonly<Record<string, string>>,
): StackResources {
  const found = Object.entries(NAMES).map(([field, { variable, output }]) => {
    const given = environment[variable];
    return { field, variable, value: given === undefined || given === '' ? outputs[output] : given };
  });
  const missing = found.filter(({ value }) => value === undefined);
  if (missing.length > 0) {
    const variables = missing.map(({ variable }) => variable).join(', ');
    throw new CommandError(
      `${variables}: neither in the environment nor among the outputs of the stack mlops. ` +
        'Deploy it as it is now with `npx cdktf deploy mlops`, or export the values.',
    );
  }
  return Object.fromEntries(found.map(({ field, value }) => [field, value])) as unknown as StackResources;
}

/** @returns the mlops stack's outputs as they follow from its names in the caller's account, deployed or not */
export async function derivedOutputs(
  sts: STSClient,
  { project }: Pick<AssistantConfig, 'project'>,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  const { Account = '' } = await sts.send(new GetCallerIdentityCommand());
  return outputsByName(project, region, Account);
}

/** The key's ID follows from nothing: it is known by its alias until it is looked up. */
export const outputsByName = (project: string, region: string, account: string) => ({
  s3_bucket_name: trainingBucketName(project, account, region),
  sagemaker_role_arn: `arn:aws:iam::${account}:role/${trainingRoleName(project, region)}`,
  kms_key_arn: `arn:aws:kms:${region}:${account}:${trainingKeyAlias(project)}`,
  model_package_group_name: modelPackageGroupName(project),
});

const KEY_ARN = /^arn:[^:]+:kms:[^:]+:\d+:key\//;

/**
 * S3 and Bedrock take an ID or an alias for a key, and answer with the key's own ARN: what is compared with their
 * answers, or simulated, is that.
 * @param key ARN or ID of a key, ARN or name of an alias
 * @throws CommandError where it is of no key, or may not be looked up
 */
export async function keyArn(kms: KMSClient, key: string): Promise<string> {
  if (KEY_ARN.test(key)) return key;
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: key })).catch((error: unknown) => {
    if (isNamed(error, 'NotFoundException', 'InvalidArnException', 'ValidationException'))
      throw new CommandError(
        `There is no key ${key}. Deploy the mlops stack (npx cdktf deploy mlops), or export KMS_KEY_ARN.`,
      );
    if (isNamed(error, 'AccessDeniedException'))
      throw new CommandError(
        `You may not look up the key ${key} (kms:DescribeKey). Have it permitted, or export KMS_KEY_ARN with the ARN of the key, not of its alias.`,
      );
    throw error;
  });
  if (KeyMetadata?.Arn === undefined) throw new Error(`KMS knows no ARN of ${key}.`);
  return KeyMetadata.Arn;
}

/** A remote state may have to be fetched. */
const TIMEOUT_MS = 60_000;

const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

/**
 * The outputs of the mlops stack as Terraform's state has them.
 * @returns by name; undefined where Terraform is not installed, or the stack is not deployed from here
 */
export async function terraformOutputs(): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const run = promisify(execFile);
    const cwd = stackFolder(PROJECT, 'mlops');
    const { stdout } = await run('terraform', ['output', '-json'], { cwd, timeout: TIMEOUT_MS });
    const outputs = outputsSchema.parse(JSON.parse(stdout));
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}
