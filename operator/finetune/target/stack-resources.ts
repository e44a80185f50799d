import { CommandError } from '../command/command-error';
import type { Target } from './target';

/** What the mlops stack made, as far as the commands need it. */
export type StackResources = Pick<Target, 'bucket' | 'roleArn' | 'kmsKeyArn' | 'modelPackageGroup'>;

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
