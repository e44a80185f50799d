import { UnsupportedError, type Resource } from '../../stack/resource';
import { text } from '../../stack/values';
import { identityPolicySchema, readPolicy, trustPolicySchema } from './policy-document';
import { compileStatement, resourceWildcard, type Statement, wildcard } from './statement';

/** Characters, over all inline policies of a role and of its trust policy: see readPolicy. */
const MAX_INLINE_POLICIES = 10_240;
const MAX_TRUST_POLICY = 2_048;

export interface Role {
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
