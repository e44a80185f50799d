import { validationError } from '../../../platform/http/aws-error';
import type { Call } from '../http/router';
import type { BedrockControlOptions } from '../options';

/** What the caller needs of the key: Bedrock user guide, "Encryption of custom models". */
const ACTIONS = ['kms:DescribeKey', 'kms:GenerateDataKey', 'kms:Decrypt', 'kms:CreateGrant'];

/**
 * The ARN of the key that a custom model is to be encrypted with, by its ARN or ID; aliases are not emulated.
 * @throws AwsError ValidationException when there is no such key in this region; AccessDeniedException
 */
export function requireModelKey(
  identifier: string,
  call: Call,
  { region, account, keys = [] }: Pick<BedrockControlOptions, 'region' | 'account' | 'keys'>,
): string {
  const arn = identifier.startsWith('arn:')
    ? identifier
    : `arn:aws:kms:${region}:${account}:key/${identifier}`;
  if (!keys.includes(arn)) {
    throw validationError(
      `The provided KMS key ${identifier} does not exist or is not accessible in ${region}.`,
    );
  }
  for (const action of ACTIONS) call.permit(action, arn);
  return arn;
}
