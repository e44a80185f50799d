import type { Deployments, Strategy } from './deployments';
import { BadRequestError, notFound } from './errors';
import type { HostedVersions } from './hosted-versions';
import { type Call, type Operations, page } from './http';
import type { AppConfigResources } from './resources';

/** The ARNs that IAM asks about. Source: Service Authorization Reference, "AWS AppConfig". */
interface Arns {
  readonly application: string;
  readonly environment: string;
  readonly profile: string;
  readonly strategy: (id: string) => string;
  readonly version: (number: number) => string;
  readonly deployment: (number: number) => string;
}

export function arnsOf({ region, accountId, application, environment, profile }: AppConfigResources): Arns {
  const service = `arn:aws:appconfig:${region}:${accountId}`;
  const inApplication = `${service}:application/${application.id}`;
  const ofEnvironment = `${inApplication}/environment/${environment.id}`;
  const ofProfile = `${inApplication}/configurationprofile/${profile.id}`;
  return {
    application: inApplication,
    environment: ofEnvironment,
    profile: ofProfile,
    strategy: (id) => `${service}:deploymentstrategy/${id}`,
    version: (number) => `${ofProfile}/hostedconfigurationversion/${number}`,
    deployment: (number) => `${ofEnvironment}/deployment/${number}`,
  };
}

/** What the control plane works on: one profile of one application, and its one environment. */
export interface ControlPlaneScope {
  readonly resources: AppConfigResources;
  readonly versions: HostedVersions;
  readonly deployments: Deployments;
  readonly arns: Arns;
}

/** Unlike the data plane, the control plane takes no names. Source: AppConfig API reference, `ApplicationId`. */
const ID = /^[a-z0-9]{4,7}$/;

type Identified = 'application' | 'environment' | 'profile';

const TYPES = {
  application: { member: 'ApplicationId', type: 'Application' },
  environment: { member: 'EnvironmentId', type: 'Environment' },
  profile: { member: 'ConfigurationProfileId', type: 'ConfigurationProfile' },
} as const;

/**
 * Makes sure that a request names what this stack has. Permission is asked before that, so that who may not look does
 * not learn either what is not there; asked for what is there, also where another is named, which AWS does not do.
 * @param members the path's, or the body's
 * @throws BadRequestError for what is no id, AwsError ResourceNotFoundException for another's id
 */
export function requireIds(
  { resources }: ControlPlaneScope,
  members: Readonly<Record<string, string>>,
  ...identified: readonly Identified[]
): void {
  for (const name of identified) {
    const { member, type } = TYPES[name];
    const id = members[member] ?? '';
    if (!ID.test(id)) throw new BadRequestError(`${member}: an id must match ${ID.source}`);
    if (id !== resources[name].id) throw notFound(type, id);
  }
}

/** @throws BadRequestError */
export function numberIn(path: Call['path'], member: string): number {
  const text = path[member] ?? '';
  if (!/^\d{1,9}$/.test(text)) throw new BadRequestError(`${member}: must be a whole number`);
  return Number(text);
}

/** What there is: the stack's application, environment and profile, and the strategies to deploy with. */
export function catalogueOperations(scope: ControlPlaneScope): Operations {
  const { resources, deployments, arns } = scope;
  const { application, environment, profile, schemas, strategies } = resources;
  const ApplicationId = application.id;

  return {
    'GET /applications': ({ query, permit }) => {
      permit('appconfig:ListApplications', '*');
      return page([{ Id: ApplicationId, Name: application.name }], query);
    },

    'GET /applications/{ApplicationId}/environments': ({ path, query, permit }) => {
      permit('appconfig:ListEnvironments', arns.application);
      requireIds(scope, path, 'application');
      const [latest] = deployments.list();
      const state = latest && deployments.stateOf(latest);
      const State =
        state === 'BAKING' ? 'DEPLOYING' : state === 'COMPLETE' || !state ? 'READY_FOR_DEPLOYMENT' : state;
      return page([{ ApplicationId, Id: environment.id, Name: environment.name, State }], query);
    },

    'GET /applications/{ApplicationId}/configurationprofiles': ({ path, query, permit }) => {
      permit('appconfig:ListConfigurationProfiles', arns.application);
      requireIds(scope, path, 'application');
      const ValidatorTypes = [...new Set(schemas.map(() => 'JSON_SCHEMA'))];
      const summary = {
        ApplicationId,
        Id: profile.id,
        Name: profile.name,
        LocationUri: 'hosted',
        ValidatorTypes,
        Type: 'AWS.Freeform',
      };
      const { type = summary.Type } = Object.fromEntries(query);
      return page(type === summary.Type ? [summary] : [], query);
    },

    'GET /deploymentstrategies': ({ query, permit }) => {
      permit('appconfig:ListDeploymentStrategies', '*');
      return page(strategies.map(strategyView), query);
    },
  };
}

const strategyView = (strategy: Strategy) => ({
  Id: strategy.id,
  Name: strategy.name,
  DeploymentDurationInMinutes: strategy.durationMinutes,
  GrowthType: strategy.growthType,
  GrowthFactor: strategy.growthFactor,
  FinalBakeTimeInMinutes: strategy.bakeMinutes,
  ReplicateTo: 'NONE',
});
