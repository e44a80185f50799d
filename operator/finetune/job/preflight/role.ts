import { GetRoleCommand } from '@aws-sdk/client-iam';
import { isNotFound, isNamed } from '../../../command/errors';
import type { Target } from '../../target/target';
import { bad, good, unknown, type Check } from '../../../command/check';
import { readTrust, type Trust } from './trust';

const NAME = 'role';
const SERVICE = 'bedrock.amazonaws.com';
const REDEPLOY = 'Deploy the stack as it is: npx cdktf deploy mlops';

/** The role exists, and Bedrock may take it for this account's customization jobs, and for nobody else's. */
export async function checkRole({
  iam,
  roleArn,
  region,
}: Pick<Target, 'iam' | 'roleArn' | 'region'>): Promise<Check> {
  const [account = '', name = ''] = accountAndName(roleArn);
  const sourceArn = `arn:aws:bedrock:${region}:${account}:model-customization-job/any`;
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: name }));
    const trust = readTrust(Role?.AssumeRolePolicyDocument ?? '', { service: SERVICE, account, sourceArn });
    return verdictOn(trust, roleArn);
  } catch (error) {
    if (isNotFound(error)) return bad(NAME, `${roleArn} does not exist`, REDEPLOY);
    if (isNamed(error, 'AccessDenied')) return unknown(NAME, 'you may not look at it (iam:GetRole)');
    throw error;
  }
}

/** arn:aws:iam::ACCOUNT:role/PATH/NAME */
function accountAndName(roleArn: string): readonly (string | undefined)[] {
  const [, account, name] = /^arn:[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
  return [account, name];
}

export function verdictOn(trust: Trust, roleArn: string): Check {
  switch (trust) {
    case 'trusted':
      return good(NAME, `${SERVICE} may take ${roleArn} for this account's customization jobs alone`);
    case 'unguarded':
      return bad(
        NAME,
        `${SERVICE} may take ${roleArn} on behalf of any account`,
        `Add the conditions aws:SourceAccount and aws:SourceArn to its trust policy. ${REDEPLOY}`,
      );
    case 'not trusted':
      return bad(NAME, `its trust policy does not let ${SERVICE} take ${roleArn} in this region`, REDEPLOY);
    case 'unreadable':
      return unknown(NAME, `the trust policy of ${roleArn} uses what is not evaluated here`);
  }
}
