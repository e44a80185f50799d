import { requirePermission } from '../../platform/http/sigv4';
import { AwsError } from '../../platform/http/aws-error';
import type { AwsServer } from '../../platform/http/server';
import { policiesByRole } from '../../platform/policy/authorizer';
import type { Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { number, optionalText, text } from '../../stack/values';
import type { ApiRole } from './api-role';
import { pageOf } from './page';
import {
  createQueryService,
  requireParameter,
  type QueryOperation,
} from '../../platform/http/query-protocol';
import { simulatePrincipalPolicy } from './simulate';

export interface IamApiOptions {
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
        this.permit(caller, `iam:${action}`, role ? text(role.resource, 'arn') : '*');
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
