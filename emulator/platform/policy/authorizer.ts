import { UnsupportedError } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import { compileRole, policiesByRole } from './role';
import { decide, type RequestContext, type Verdict } from './statement';

/** IAM's refusal, worded as AWS words it. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';

  /** @param reason no statement allows it, or one denies it */
  constructor(
    readonly roleArn: string,
    readonly action: string,
    readonly resource: string,
    reason: Exclude<Verdict, 'allowed'>,
  ) {
    const because =
      reason === 'explicitly denied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`;
    super(
      `User: ${sessionOf(roleArn)} is not authorized to perform: ${action} on resource: ${resource} ${because}`,
    );
  }
}

/** A service acts with a session of the role: arn:aws:iam::A:role/path/NAME -> arn:aws:sts::A:assumed-role/NAME/local */
const sessionOf = (roleArn: string): string =>
  roleArn.replace(/^arn:aws:iam::(\d*):role\/(?:.*\/)?([^/]+)$/, 'arn:aws:sts::$1:assumed-role/$2/local');

/** Far more than a stack asks for, unless callers name what does not exist. */
const MAX_VERDICTS = 10_000;

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
    if (found) throw new UnsupportedError(found.address, 'only inline policies of roles are emulated');
  }
  const declared = stack.of('aws_iam_role');
  const policies = policiesByRole(declared, stack.of('aws_iam_role_policy'));
  const roles = new Map(
    declared.map((role) => [text(role, 'arn'), compileRole(role, policies.get(text(role, 'name')) ?? [])]),
  );
  // The policies of a stack do not change while it runs.
  const verdicts = new Map<string, Verdict>();
  return {
    authorize(roleArn, action, resource, context = {}) {
      const key = JSON.stringify([roleArn, action, resource, context]);
      const verdict =
        verdicts.get(key) ?? decide(roles.get(roleArn)?.permissions ?? [], action, resource, context);
      if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
      verdicts.set(key, verdict);
      if (verdict !== 'allowed') throw new AccessDeniedError(roleArn, action, resource, verdict);
    },
    assumable(roleArn, service, context = {}) {
      return decide(roles.get(roleArn)?.trust ?? [], 'sts:AssumeRole', service, context) === 'allowed';
    },
  };
}
