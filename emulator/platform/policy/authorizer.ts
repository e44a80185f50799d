import { UnsupportedError } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import { AccessDeniedError } from './access-denied';
import type { RequestContext } from './condition';
import { compileRole, policiesByRole } from './role';
import { decide } from './statement';

/** Would give or take permissions that the inline policies do not show. */
const UNSUPPORTED_TYPES = [
  'aws_iam_policy_attachment',
  'aws_iam_role_policy_attachment',
  'aws_iam_role_policy_attachments_exclusive',
];

/** IAM's answers for the roles of one stack. */
export interface Authorizer {
  /**
   * @param action e.g. `bedrock:InvokeModel`
   * @param resource the ARN that it acts on; `*` for actions that act on no resource of their own
   * @param context condition keys of the call, e.g. `{ 'aws:SourceAccount': '123456789012' }`
   * @throws AccessDeniedError unless the role is allowed to, and not denied
   */
  authorize(roleArn: string, action: string, resource: string, context?: RequestContext): void;
  /** Whether the trust policy lets a service such as `lambda.amazonaws.com` take the role. */
  assumable(roleArn: string, service: string, context?: RequestContext): boolean;
}

/** @throws UnsupportedError for policies that the local run cannot evaluate or IAM would refuse */
export function createAuthorizer(stack: Pick<Stack, 'of'>): Authorizer {
  for (const type of UNSUPPORTED_TYPES) {
    const [found] = stack.of(type);
    if (found)
      throw new UnsupportedError(found.address, 'only inline policies of roles are acted out locally');
  }
  const declared = stack.of('aws_iam_role');
  const policies = policiesByRole(declared, stack.of('aws_iam_role_policy'));
  const roles = new Map(
    declared.map((role) => [text(role, 'arn'), compileRole(role, policies.get(text(role, 'name')) ?? [])]),
  );
  return {
    authorize(roleArn, action, resource, context = {}) {
      const role = roles.get(roleArn);
      const verdict = decide(role?.permissions ?? [], action, resource, context);
      if (verdict !== 'allowed') throw new AccessDeniedError(roleArn, action, resource, verdict);
    },
    assumable(roleArn, service, context = {}) {
      return decide(roles.get(roleArn)?.trust ?? [], 'sts:AssumeRole', service, context) === 'allowed';
    },
  };
}
