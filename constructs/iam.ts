import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { Construct } from 'constructs';
import type { PartProps } from './part-props';

/** One statement of an IAM policy that allows something. */
export interface Statement {
  readonly sid?: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** @returns the JSON of a policy that allows just these statements */
export function policy(...statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ sid, actions, resources, conditions }) => ({
      ...(sid === undefined ? {} : { Sid: sid }),
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(conditions === undefined ? {} : { Condition: conditions }),
    })),
  });
}

/** What a role is for: one service, for this account alone. */
export interface RoleSettings {
  readonly name: string;
  readonly service: `${'apigateway' | 'appconfig' | 'lambda' | 'scheduler' | 'states'}.amazonaws.com`;
  /** On behalf of which resource. @default - of any of the account's */
  readonly sourceArn?: string;
  readonly statements: readonly Statement[];
}

/** A role and its only policy, within the configured boundary. */
export function createRole(
  scope: Construct,
  { config, provider, account }: Pick<PartProps, 'config' | 'provider' | 'account'>,
  { name, service, sourceArn, statements }: RoleSettings,
) {
  const role = new IamRole(scope, 'role', {
    provider,
    name,
    assumeRolePolicy: trustPolicy(service, account, sourceArn),
    ...permissionsBoundary(config),
  });
  const permissions = new IamRolePolicy(scope, 'policy', {
    provider,
    name: 'permissions',
    role: role.name,
    policy: policy(...statements),
  });
  return { role, permissions };
}

/** What no role may exceed, whatever its policy says. */
export const permissionsBoundary = ({ permissionsBoundary: arn }: PartProps['config']) =>
  arn === undefined ? {} : { permissionsBoundary: arn };

/**
 * A service acts for whoever configures it, so that its role is taken for this account alone:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
function trustPolicy(service: RoleSettings['service'], account: string, sourceArn?: string): string {
  // It is not documented whether these say for whom they take a role: where they do, they are held to it.
  const isSilent = service === 'apigateway.amazonaws.com' || service === 'appconfig.amazonaws.com';
  const equals = isSilent ? 'StringEqualsIfExists' : 'StringEquals';
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        Condition: {
          [equals]: { 'aws:SourceAccount': account },
          ...(sourceArn !== undefined && { ArnLike: { 'aws:SourceArn': sourceArn } }),
        },
      },
    ],
  });
}
