import { AwsError } from '../../platform/http/aws-error';
import {
  boundaryPolicySchema,
  compileStatement,
  decide,
  identityPolicySchema,
  readPolicy,
  type RequestContext,
  type Statement,
  type Verdict,
  wildcard,
} from '../../platform/policy/policy';
import { compileRole } from '../../platform/policy/authorizer';
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
  /^(Action|Version|PolicySourceArn|MaxItems|Marker|(ActionNames|ResourceArns|ContextEntries|PermissionsBoundaryPolicyInputList)(\..+)?)$/;

/**
 * SimulatePrincipalPolicy: what the role's own policies say of each action on each resource. A boundary
 * that is passed in limits that; resource policies, the role's own boundary and the organization's policies are not in it.
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
  const boundary = boundaryOf(parameters);
  const verdict = (...call: [string, string]): Verdict => {
    const within = boundary && decide(boundary, ...call, context);
    return within === undefined || within === 'allowed' ? decide(permissions, ...call, context) : within;
  };

  const results = actions.flatMap((action) =>
    resources.map((resource) => ({
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: DECISIONS[verdict(action, resource)],
      MatchedStatements: {},
      MissingContextValues: { member: missing },
    })),
  );
  const { items, pagination } = pageOf(results, parameters);
  return { EvaluationResults: { member: items }, ...pagination };
}

/** @returns undefined where none is passed in */
function boundaryOf(parameters: URLSearchParams): readonly Statement[] | undefined {
  const address = 'PermissionsBoundaryPolicyInputList';
  const [policy, ...others] = listParameter(parameters, address);
  if (policy === undefined) return undefined;
  if (others.length > 0) throw invalidInput('A role has one permissions boundary at most.');
  try {
    const { document } = readPolicy(
      { address, values: { policy } },
      'policy',
      boundaryPolicySchema,
      Infinity,
    );
    return document.Statement.map((statement, index) =>
      compileStatement(
        statement,
        statement.Resource.map((arn) => wildcard(arn)),
        `${address}.Statement.${index}`,
      ),
    );
  } catch (error) {
    throw invalidInput(error instanceof Error ? error.message : String(error));
  }
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
