import { AwsError } from '../../platform/http/aws-error';
import { createQueryService, listParameter, requireParameter } from '../../platform/http/query-protocol';
import type { AwsServer } from '../../platform/http/server';
import { requirePermission } from '../../platform/http/sigv4';
import type { XmlElements } from '../../platform/http/xml';
import { compileRole, policiesByRole } from '../../platform/policy/authorizer';
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
import { ACCOUNT } from '../../stack/placement';
import type { Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { optionalNumber, optionalText, text } from '../../stack/values';

interface IamOptions {
  /** whose `aws_iam_role` and `aws_iam_role_policy` there are */
  readonly stack: Pick<Stack, 'of'>;
  /** throws an error named `AccessDenied...` when this caller may not do this to this role; default: all may */
  readonly authorize?: (accessKeyId: string, action: `iam:${string}`, resource: string) => void;
}

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
/** IAM is one service for all regions, signed for this one. */
export const IAM_REGION = 'us-east-1';

/** IAM's API over the roles that a stack declares, as they are deployed when it is asked: GetRole, and simulations. */
export function createIam({ stack, authorize }: IamOptions): AwsServer {
  const permit = (caller: string, action: `iam:${string}`, resource: string): void => {
    try {
      requirePermission(() => authorize?.(caller, action, resource));
    } catch (error) {
      throw error instanceof AwsError ? new AwsError(403, 'AccessDenied', error.message) : error;
    }
  };
  return createQueryService({
    service: 'iam',
    region: IAM_REGION,
    version: '2010-05-08',
    operations: {
      GetRole: (parameters, caller) => {
        const name = requireParameter(parameters, 'RoleName', ROLE_NAME);
        const role = stack.of('aws_iam_role').find((candidate) => text(candidate, 'name') === name);
        permit(caller, 'iam:GetRole', role ? text(role, 'arn') : `arn:aws:iam::${ACCOUNT}:role/${name}`);
        if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
        return { Role: describe(role) };
      },
      SimulatePrincipalPolicy: (parameters, caller) => {
        const arn = requireParameter(parameters, 'PolicySourceArn', /^arn:aws:iam::\d{12}:.+$/);
        permit(caller, 'iam:SimulatePrincipalPolicy', arn);
        const roles = stack.of('aws_iam_role');
        const role = roles.find((candidate) => text(candidate, 'arn') === arn);
        if (role === undefined) throw noSuchEntity(`${arn} does not exist.`);
        const policies = policiesByRole(roles, stack.of('aws_iam_role_policy')).get(text(role, 'name')) ?? [];
        return simulatePrincipalPolicy(role, policies, parameters);
      },
    },
  });
}

const describe = (role: Resource): XmlElements => ({
  Path: optionalText(role, 'path') ?? '/',
  RoleName: text(role, 'name'),
  RoleId: text(role, 'unique_id'),
  Arn: text(role, 'arn'),
  CreateDate: new Date(0).toISOString(),
  AssumeRolePolicyDocument: encodeURIComponent(text(role, 'assume_role_policy')),
  MaxSessionDuration: optionalNumber(role, 'max_session_duration') ?? 3600,
});

const noSuchEntity = (message: string): AwsError => new AwsError(404, 'NoSuchEntity', message);

const DECISIONS: Readonly<Record<Verdict, string>> = {
  allowed: 'allowed',
  'explicitly denied': 'explicitDeny',
  'not allowed': 'implicitDeny',
};

const DEFAULT_ITEMS = 100;
const MAX_ITEMS = 1000;

/** An empty list is sent as its bare name. */
const EMULATED =
  /^(Action|Version|PolicySourceArn|MaxItems|Marker|(ActionNames|ResourceArns|ContextEntries|PermissionsBoundaryPolicyInputList)(\..+)?)$/;

/**
 * SimulatePrincipalPolicy: what the role's own policies say of each action on each resource. A boundary
 * that is passed in limits that; resource policies, the role's own boundary and the organization's policies are not in it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
function simulatePrincipalPolicy(
  role: Resource,
  policies: readonly Resource[],
  parameters: URLSearchParams,
): XmlElements {
  const other = [...parameters.keys()].find((name) => !EMULATED.test(name));
  if (other !== undefined) throw invalidInput(`The local IAM does not emulate ${other}.`);
  const actions = listParameter(parameters, 'ActionNames');
  if (actions.length === 0) throw invalidInput('ActionNames must name at least one action.');
  for (const action of actions) requireAction(action);
  const given = listParameter(parameters, 'ResourceArns');
  const resources = given.length === 0 ? ['*'] : given;
  for (const resource of resources) requireResource(resource);
  const context = contextOf(parameters);
  const missing = missingKeys(policies, context);
  const { permissions } = compileRole(role, policies);
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
  const start = integer(parameters, 'Marker', 0, results.length) ?? 0;
  const end = start + (integer(parameters, 'MaxItems', 1, MAX_ITEMS) ?? DEFAULT_ITEMS);
  const IsTruncated = end < results.length;
  return {
    EvaluationResults: { member: results.slice(start, end) },
    IsTruncated,
    Marker: IsTruncated ? String(end) : undefined,
  };
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
function missingKeys(policies: readonly Resource[], context: RequestContext): readonly string[] {
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

function requireResource(arn: string): void {
  if (/^(\*|arn:[^:]+:[^:]*:[^:]*:[^:]*:.+)$/s.test(arn)) return;
  throw invalidInput(`Invalid resource: ${arn}. It must be an ARN.`);
}

const invalidInput = (message: string): AwsError => new AwsError(400, 'InvalidInput', message);

/** @throws AwsError 400 ValidationError */
function integer(parameters: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const given = parameters.get(name);
  if (given === null) return undefined;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : -1;
  if (value >= least && value <= most) return value;
  throw new AwsError(400, 'ValidationError', `${name} must be a whole number from ${least} to ${most}.`);
}
