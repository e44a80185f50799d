import { AwsError } from '../../platform/http/aws-error';
import {
  createQueryService,
  listParameter,
  type QueryOperation,
  requireParameter,
} from '../../platform/http/query-protocol';
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
import { number, optionalText, text } from '../../stack/values';

interface IamApiOptions {
  /** whose `aws_iam_role` and `aws_iam_role_policy` there are */
  readonly stack: Pick<Stack, 'of'>;
  /** throws an error named `AccessDenied...` when this caller may not do this to this role; default: all may */
  readonly authorize?: (accessKeyId: string, action: `iam:${string}`, resource: string) => void;
  /** when the roles were made, in milliseconds since the epoch */
  readonly created?: number;
}

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/;
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;
/** IAM is one service for all regions, signed for this one. */
export const IAM_REGION = 'us-east-1';

/**
 * IAM's API over the roles that a stack declares: reads and simulations. Roles have inline policies alone, so that
 * the list of attached ones is empty (the authorizer refuses stacks that attach any).
 */
export class IamApi {
  private readonly server: AwsServer;

  constructor(private readonly options: IamApiOptions) {
    this.server = createQueryService({
      service: 'iam',
      region: IAM_REGION,
      version: '2010-05-08',
      operations: this.operations(),
    });
  }

  /** @returns the endpoint's URL */
  listen(port = 0): Promise<string> {
    return this.server.listen(port);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** As they are deployed now. */
  private roles(): readonly ApiRole[] {
    const { stack } = this.options;
    const resources = stack.of('aws_iam_role');
    const policies = policiesByRole(resources, stack.of('aws_iam_role_policy'));
    return resources.map((resource) => ({ resource, policies: policies.get(text(resource, 'name')) ?? [] }));
  }

  private operations(): Readonly<Record<string, QueryOperation>> {
    const ofRole =
      (
        action: string,
        run: (role: ApiRole, parameters: URLSearchParams) => ReturnType<QueryOperation>,
      ): QueryOperation =>
      (parameters, caller) => {
        const name = requireParameter(parameters, 'RoleName', ROLE_NAME);
        const role = this.roles().find(({ resource }) => text(resource, 'name') === name);
        const arn = role ? text(role.resource, 'arn') : `arn:aws:iam::${ACCOUNT}:role/${name}`;
        this.permit(caller, `iam:${action}`, arn);
        if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
        return run(role, parameters);
      };
    return {
      GetRole: ofRole('GetRole', ({ resource }) => ({ Role: this.describe(resource) })),
      ListRolePolicies: ofRole('ListRolePolicies', ({ policies }, parameters) => {
        const { items, pagination } = pageOf(policies, parameters);
        return { PolicyNames: { member: items.map((policy) => text(policy, 'name')) }, ...pagination };
      }),
      GetRolePolicy: ofRole('GetRolePolicy', ({ resource, policies }, parameters) => {
        const name = requireParameter(parameters, 'PolicyName', POLICY_NAME);
        const policy = policies.find((candidate) => text(candidate, 'name') === name);
        if (policy === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
        return {
          RoleName: text(resource, 'name'),
          PolicyName: name,
          PolicyDocument: encodeURIComponent(text(policy, 'policy')),
        };
      }),
      ListAttachedRolePolicies: ofRole('ListAttachedRolePolicies', (_, parameters) => ({
        AttachedPolicies: {},
        ...pageOf([], parameters).pagination,
      })),
      SimulatePrincipalPolicy: (parameters, caller) => {
        const arn = requireParameter(parameters, 'PolicySourceArn', /^arn:aws:iam::\d{12}:.+$/);
        this.permit(caller, 'iam:SimulatePrincipalPolicy', arn);
        const role = this.roles().find(({ resource }) => text(resource, 'arn') === arn);
        if (role === undefined) throw noSuchEntity(`${arn} does not exist.`);
        return simulatePrincipalPolicy(role, parameters);
      },
    };
  }

  private permit(caller: string, action: `iam:${string}`, resource: string): void {
    try {
      requirePermission(() => this.options.authorize?.(caller, action, resource));
    } catch (error) {
      throw error instanceof AwsError ? new AwsError(403, 'AccessDenied', error.message) : error;
    }
  }

  private describe(resource: Resource) {
    return {
      Path: optionalText(resource, 'path') ?? '/',
      RoleName: text(resource, 'name'),
      RoleId: text(resource, 'unique_id'),
      Arn: text(resource, 'arn'),
      CreateDate: new Date(this.options.created ?? 0).toISOString(),
      AssumeRolePolicyDocument: encodeURIComponent(text(resource, 'assume_role_policy')),
      MaxSessionDuration:
        resource.values.max_session_duration === undefined ? 3600 : number(resource, 'max_session_duration'),
    };
  }
}

const noSuchEntity = (message: string): AwsError => new AwsError(404, 'NoSuchEntity', message);

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
function simulatePrincipalPolicy(role: ApiRole, parameters: URLSearchParams): XmlElements {
  const other = [...parameters.keys()].find((name) => !EMULATED.test(name));
  if (other !== undefined) throw invalidInput(`The local IAM does not emulate ${other}.`);
  const actions = listParameter(parameters, 'ActionNames');
  if (actions.length === 0) throw invalidInput('ActionNames must name at least one action.');
  for (const action of actions) requireAction(action);
  const given = listParameter(parameters, 'ResourceArns');
  const resources = given.length === 0 ? ['*'] : given;
  for (const resource of resources) requireResource(resource);
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

function requireResource(arn: string): void {
  if (/^(\*|arn:[^:]+:[^:]*:[^:]*:[^:]*:.+)$/s.test(arn)) return;
  throw invalidInput(`Invalid resource: ${arn}. It must be an ARN.`);
}

const invalidInput = (message: string): AwsError => new AwsError(400, 'InvalidInput', message);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
const DEFAULT_ITEMS = 100;
const MAX_ITEMS = 1000;

interface Page<T> {
  readonly items: readonly T[];
  readonly pagination: { readonly IsTruncated: boolean; readonly Marker: string | undefined };
}

/**
 * The page of a list that `Marker` and `MaxItems` ask for.
 * @throws AwsError 400 ValidationError
 */
function pageOf<T>(all: readonly T[], parameters: URLSearchParams): Page<T> {
  const start = integer(parameters, 'Marker', 0, all.length) ?? 0;
  const size = integer(parameters, 'MaxItems', 1, MAX_ITEMS) ?? DEFAULT_ITEMS;
  const end = start + size;
  const IsTruncated = end < all.length;
  return {
    items: all.slice(start, end),
    pagination: { IsTruncated, Marker: IsTruncated ? String(end) : undefined },
  };
}

function integer(parameters: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const given = parameters.get(name);
  if (given === null) return undefined;
  const value = /^\d{1,9}$/.test(given) ? Number(given) : -1;
  if (value >= least && value <= most) return value;
  throw new AwsError(400, 'ValidationError', `${name} must be a whole number from ${least} to ${most}.`);
}

/** A role as the API shows it. */
interface ApiRole {
  readonly resource: Resource;
  readonly policies: readonly Resource[];
}
