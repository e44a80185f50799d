import {
  GetRoleCommand,
  type IAMClient,
  SimulatePrincipalPolicyCommand,
  type ContextEntry,
} from '@aws-sdk/client-iam';
import { Option } from 'commander';
import * as z from 'zod';
import { readJson } from '../command/files';
import type { ModelFacts } from './facts';

/** The functions that ask models, by the tier that they answer for; the streaming one answers for both. */
export const FUNCTIONS = {
  primary: ['primary-model', 'chat'],
  fallback: ['fallback-model', 'chat'],
} as const;

const ACTIONS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

/** A call that a role may not make, and what stands in its way. */
export interface Denial {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly by: 'role' | 'organisation' | 'scp';
}

/** What a call is allowed on: all of it is needed. */
interface NeededResource {
  readonly arn: string;
  /** `aws:RequestedRegion`; of the empty region of a `global.` profile, AWS says `unspecified`. */
  readonly region: string;
  readonly profileArn?: string;
}

/**
 * A profile needs itself and its model wherever it may lead. Source: Bedrock user guide, "Prerequisites for inference
 * profiles" and "Global cross-Region inference".
 */
export function neededResources(
  modelId: string,
  region: string,
  { model, profile }: ModelFacts,
): readonly NeededResource[] {
  const isArn = modelId.startsWith('arn:');
  if (profile === undefined) {
    return [
      { arn: isArn ? modelId : `arn:aws:bedrock:${region}::foundation-model/${model ?? modelId}`, region },
    ];
  }
  if (!('is' in profile)) return [];
  const { inferenceProfileArn = modelId, models = [] } = profile.is;
  return [
    { arn: inferenceProfileArn, region },
    ...models.map(({ modelArn = '' }) => {
      const [, , , where = ''] = modelArn.split(':');
      return { arn: modelArn, region: where === '' ? 'unspecified' : where, profileArn: inferenceProfileArn };
    }),
  ];
}

/** Asks once for each role and resource, whatever number of models need it. */
export class RoleSimulation {
  private readonly asked = new Map<string, Promise<readonly Denial[]>>();

  /** @param scp an organization's policy: AWS's simulation leaves out those that have conditions */
  constructor(
    private readonly iam: IAMClient,
    private readonly scp?: string,
  ) {}

  /** @throws as IAM does */
  async denials(role: string, resources: readonly NeededResource[]): Promise<readonly Denial[]> {
    const arn = await this.arnOf(role);
    return (await Promise.all(resources.map((resource) => this.ofResource(role, arn, resource)))).flat();
  }

  private readonly arns = new Map<string, Promise<string>>();

  private arnOf(role: string): Promise<string> {
    const arn =
      this.arns.get(role) ??
      this.iam.send(new GetRoleCommand({ RoleName: role })).then(({ Role }) => Role?.Arn ?? '');
    this.arns.set(role, arn);
    return arn;
  }

  private ofResource(role: string, roleArn: string, resource: NeededResource): Promise<readonly Denial[]> {
    const key = `${roleArn} ${resource.arn} ${resource.profileArn ?? ''}`;
    const denials = this.asked.get(key) ?? this.simulate(role, roleArn, resource);
    this.asked.set(key, denials);
    return denials;
  }

  private async simulate(
    role: string,
    roleArn: string,
    resource: NeededResource,
  ): Promise<readonly Denial[]> {
    const own = await this.decisions(roleArn, resource);
    const denials = own.map(({ action, isOfOrganisation }) => ({
      ...{ role, action, resource: resource.arn },
      by: isOfOrganisation ? ('organisation' as const) : ('role' as const),
    }));
    if (denials.length > 0 || this.scp === undefined) return denials;
    // A policy of the organization limits a role as a boundary does, and in the same words.
    const within = await this.decisions(roleArn, resource, this.scp);
    return within.map(({ action }) => ({ role, action, resource: resource.arn, by: 'scp' }));
  }

  /** Those that are not allowed. One resource at a time: of several, IAM tells the strictest decision for all. */
  private async decisions(
    roleArn: string,
    { arn, region, profileArn }: NeededResource,
    boundary?: string,
  ): Promise<readonly { readonly action: string; readonly isOfOrganisation: boolean }[]> {
    const context = {
      'aws:RequestedRegion': region,
      'aws:PrincipalArn': roleArn,
      ...(profileArn !== undefined && { 'bedrock:InferenceProfileArn': profileArn }),
    };
    const { EvaluationResults = [] } = await this.iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: ACTIONS,
        ResourceArns: [arn],
        ContextEntries: Object.entries(context).map(([name, value]): ContextEntry => {
          return { ContextKeyName: name, ContextKeyValues: [value], ContextKeyType: 'string' };
        }),
        ...(boundary !== undefined && { PermissionsBoundaryPolicyInputList: [boundary] }),
      }),
    );
    return EvaluationResults.filter(({ EvalDecision }) => EvalDecision !== 'allowed').map(
      ({ EvalActionName: action = '', OrganizationsDecisionDetail: detail }) => ({
        action,
        isOfOrganisation: detail?.AllowedByOrganizations === false,
      }),
    );
  }
}

export const scpOption = (): Option =>
  new Option('--scp <file>', 'an organization’s service control policy that the account is under');

const policySchema = z.looseObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(z.looseObject({ Effect: z.enum(['Allow', 'Deny']) })).min(1),
});

/** What Organizations attaches to every account until somebody takes it away. */
const FULL_ACCESS = { Sid: 'FullAWSAccess', Effect: 'Allow', Action: '*', Resource: '*' } as const;

/**
 * A service control policy's document. One that denies alone is read beside FullAWSAccess.
 * @throws CommandError for what is none
 */
export function readScp(file: string): string {
  const advice = 'Name a service control policy: { "Version": "2012-10-17", "Statement": […] }.';
  const policy = readJson(file, policySchema, { what: 'policy', advice });
  const allows = policy.Statement.some(({ Effect }) => Effect === 'Allow');
  return JSON.stringify({ ...policy, Statement: [...(allows ? [] : [FULL_ACCESS]), ...policy.Statement] });
}
