import { AwsError } from '../../platform/http/aws-error';
import { decide, type RequestContext, type Verdict } from '../../platform/policy/statement';
import { identityPolicySchema, readPolicy } from '../../platform/policy/policy-document';
import { compileRole } from '../../platform/policy/role';
import type { XmlElements } from '../../platform/http/xml';
import type { ApiRole } from './api-role';
import { pageOf } from './page';
import { listParameter } from '../../platform/http/query-protocol';

const DECISIONS: Readonly<Record<Verdict, string>> = {
  allowed: 'allowed',
  'explicitly denied': 'explicitDeny',
  'not allowed': 'implicitDeny',
};

/** An empty list is sent as its bare name. */
const EMULATED =
  /^(Action|Version|PolicySourceArn|MaxItems|Marker|(ActionNames|ResourceArns|ContextEntries)(\..+)?)$/;

/**
 * SimulatePrincipalPolicy: what the role's own policies say of each action on each resource. Resource policies,
 * permission boundaries and policies of the organization are not in it, as on AWS unless they are passed in.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export function simulatePrincipalPolicy(role: ApiRole, parameters: URLSearchParams): XmlElements {
  const other = [...parameters.keys()].find((name) => !EMULATED.test(name));
  if (other !== undefined) throw invalidInput(`The local IAM does not emulate ${other}.`);
  const actions = listParameter(parameters, 'ActionNames');
  if (actions.length === 0) throw invalidInput('ActionNames must name at least one action.');
  for (const action of actions) requireAction(action);
  const given = listParameter(parameters, 'ResourceArns');
  const resources = given.length === 0 ? ['*'] : given;
  const context = contextOf(parameters);
  const missing = missingKeys(role, context);
  const { permissions } = compileRole(role.resource, role.policies);

  const results = actions.flatMap((action) =>
    resources.map((resource) => ({
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: DECISIONS[decide(permissions, action, resource, context)],
      MatchedStatements: {},
      MissingContextValues: { member: missing },
    })),
  );
  const { items, pagination } = pageOf(results, parameters);
  return { EvaluationResults: { member: items }, ...pagination };
}

/** `ContextEntries.member.N.{ContextKeyName, ContextKeyType, ContextKeyValues.member.M}` */
function contextOf(parameters: URLSearchParams): RequestContext {
  const context: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const entry = `ContextEntries.member.${index}`;
    const key = parameters.get(`${entry}.ContextKeyName`);
    if (key === null) return context;
    const [value, ...others] = listParameter(parameters, `${entry}.ContextKeyValues`);
    if (value === undefined || others.length > 0) {
      throw invalidInput(`The local IAM takes exactly one value for the context key ${key}.`);
    }
    context[key] = value;
  }
}

/** Condition keys of the role's policies that the simulation was given no value for. */
function missingKeys({ policies }: ApiRole, context: RequestContext): readonly string[] {
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const named = policies.flatMap((policy) =>
    readPolicy(policy, 'policy', identityPolicySchema, Infinity).document.Statement.flatMap(({ Condition }) =>
      Object.values(Condition ?? {}).flatMap((keys) => Object.keys(keys)),
    ),
  );
  return [...new Set(named)].filter((key) => !given.has(key.toLowerCase()));
}

function requireAction(action: string): void {
  if (/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action)) return;
  throw invalidInput(`Invalid action name: ${action}. Wildcards are not allowed.`);
}

const invalidInput = (message: string): AwsError => new AwsError(400, 'InvalidInput', message);
