import { SimulatePrincipalPolicyCommand, type ContextEntry } from '@aws-sdk/client-iam';
import { OUTPUT_PREFIX } from '../../../../contract/training-data';
import { isNamed, isNotFound } from '../../../command/errors';
import type { Target } from '../../target/target';
import { bad, good, unknown, type Check } from '../../../command/check';

/** A call that the job will make with the role. */
interface NeededCall {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

type Scope = Pick<Target, 'bucket' | 'region' | 'kmsKeyArn'>;

/**
 * What a customization job does with its role. Source: Bedrock user guide, "Create a service role for model
 * customization".
 * @param keys of the training and validation data
 */
function neededCalls({ bucket, region, kmsKeyArn }: Scope, keys: readonly string[]): NeededCall[] {
  const bucketArn = `arn:aws:s3:::${bucket}`;
  return [
    ...keys.flatMap((key) => [
      { actions: ['s3:GetObject'], resource: `${bucketArn}/${key}` },
      { actions: ['s3:ListBucket'], resource: bucketArn, context: { 's3:prefix': key } },
    ]),
    { actions: ['s3:PutObject'], resource: `${bucketArn}/${OUTPUT_PREFIX}model-customization-job` },
    {
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resource: kmsKeyArn,
      context: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    },
  ];
}

/** The role's policies allow what the job will do, as IAM itself evaluates them. */
export async function checkPermissions(
  target: Scope & Pick<Target, 'iam' | 'roleArn'>,
  keys: readonly string[],
): Promise<Check> {
  const name = 'permissions';
  try {
    const calls = neededCalls(target, keys);
    const denied = (await Promise.all(calls.map((call) => deniedActions(target, call)))).flat();
    if (denied.length === 0) return good(name, 'the role may read the data and write the results');
    return bad(
      name,
      `the role may not ${denied.join('; ')}`,
      'Keep data under train/ and validation/, and deploy the stack as it is: npx cdktf deploy mlops',
    );
  } catch (error) {
    if (isNotFound(error)) return unknown(name, 'there is no role to look at');
    if (isNamed(error, 'AccessDenied')) {
      return unknown(name, 'you may not have them evaluated (iam:SimulatePrincipalPolicy)');
    }
    throw error;
  }
}

async function deniedActions(
  { iam, roleArn }: Pick<Target, 'iam' | 'roleArn'>,
  { actions, resource, context = {} }: NeededCall,
): Promise<readonly string[]> {
  const entries = Object.entries(context).map(([key, value]): ContextEntry => {
    return { ContextKeyName: key, ContextKeyValues: [value], ContextKeyType: 'string' };
  });
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: roleArn,
      ActionNames: [...actions],
      ResourceArns: [resource],
      ...(entries.length > 0 && { ContextEntries: entries }),
    }),
  );
  return EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(
    ({ EvalActionName = '' }) => `${EvalActionName} on ${resource}`,
  );
}
