import { randomBytes } from 'node:crypto';
import { type Resource, UnsupportedError } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import {
  compileStatement,
  decide,
  identityPolicySchema,
  readPolicy,
  type RequestContext,
  resourceWildcard,
  type Statement,
  trustPolicySchema,
  type Verdict,
  wildcard,
} from './policy';

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

/** Characters, over all inline policies of a role and of its trust policy: see readPolicy. */
const MAX_INLINE_POLICIES = 10_240;
const MAX_TRUST_POLICY = 2_048;

interface Role {
  readonly permissions: readonly Statement[];
  readonly trust: readonly Statement[];
}

/** @param policies the role's own inline policies */
export function compileRole(role: Resource, policies: readonly Resource[]): Role {
  return { permissions: permissions(role, policies), trust: trust(role) };
}

function permissions(role: Resource, policies: readonly Resource[]): readonly Statement[] {
  let total = 0;
  const statements = policies.flatMap((policy) => {
    const { document, size } = readPolicy(policy, 'policy', identityPolicySchema, MAX_INLINE_POLICIES);
    total += size;
    return document.Statement.map((statement, index) =>
      compileStatement(
        statement,
        // What a wildcard of a denial may reach, it denies: the stricter of two readings.
        statement.Resource.map((arn) =>
          statement.Effect === 'Deny' ? wildcard(arn) : resourceWildcard(arn),
        ),
        `${policy.address}.policy.Statement.${index}`,
      ),
    );
  });
  if (total > MAX_INLINE_POLICIES) {
    throw new UnsupportedError(
      role.address,
      `${total} characters of inline policies, of which IAM allows ${MAX_INLINE_POLICIES}`,
    );
  }
  return statements;
}

function trust(role: Resource): readonly Statement[] {
  const argument = 'assume_role_policy';
  const { document } = readPolicy(role, argument, trustPolicySchema, MAX_TRUST_POLICY);
  return document.Statement.map((statement, index) =>
    compileStatement(
      statement,
      statement.Principal.Service.map((service) => wildcard(service)),
      `${role.address}.${argument}.Statement.${index}`,
    ),
  );
}

/** The inline policies of each role, by the role's name. */
export function policiesByRole(
  roles: readonly Resource[],
  policies: readonly Resource[],
): ReadonlyMap<string, readonly Resource[]> {
  const byRole = new Map<string, Resource[]>(roles.map((role) => [text(role, 'name'), []]));
  for (const policy of policies) {
    const own = byRole.get(text(policy, 'role'));
    if (own === undefined) {
      throw new UnsupportedError(`${policy.address}.role`, 'names a role that the stack does not have');
    }
    own.push(policy);
  }
  return byRole;
}

/** Credentials as Lambda puts them into a function's environment. */
interface Credentials {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

/** Credentials of the person at this machine, who may do everything; they are worth nothing outside this run. */
export const OPERATOR = { accessKeyId: 'AKIALOCALOPERATOR', secretAccessKey: 'local' } as const;

/** Configuration of an AWS SDK client by which that person reaches a service of this run. */
export interface ServiceClient {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof OPERATOR;
}

/** Temporary credentials of roles: services learn from a signature whose permissions apply. */
export class RoleSessions {
  private readonly roles = new Map<string, string>();
  private readonly keys = new Map<string, string>();

  constructor(private readonly authorizer: Authorizer) {}

  /** @returns credentials that stand for the role, and for nothing outside this run */
  issue(roleArn: string): Credentials {
    // Not to be guessed: behind a role there may be real models, which cost money.
    const accessKeyId = this.keys.get(roleArn) ?? `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    this.keys.set(roleArn, accessKeyId);
    this.roles.set(accessKeyId, roleArn);
    return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: 'local' };
  }

  /** @throws AccessDeniedError unless the policies of the role that signed allow it */
  authorize(accessKeyId: string, action: string, resource: string): void {
    if (accessKeyId === OPERATOR.accessKeyId) return;
    // A key that is none of ours has no role, and what has no role may do nothing.
    this.authorizer.authorize(this.roles.get(accessKeyId) ?? accessKeyId, action, resource);
  }
}
