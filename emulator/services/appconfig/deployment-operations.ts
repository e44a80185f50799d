import { z } from 'zod';
import { parseJson } from '../../platform/http/server';
import { type ControlPlaneScope, numberIn, requireIds } from './control-plane';
import type { Deployment, DeploymentState } from './deployments';
import { BadRequestError, notFound } from './errors';
import { versionNamed } from './hosted-version-operations';
import { type Call, type Operations, page, parseMembers } from './http';
import type { AppConfigResources } from './resources';

const DEPLOYMENTS = '/applications/{ApplicationId}/environments/{EnvironmentId}/deployments';

/** Members that are not here (KmsKeyIdentifier, DynamicExtensionParameters) are not emulated, and refused. */
const startRequest = z.strictObject({
  ConfigurationProfileId: z.string(),
  ConfigurationVersion: z.string(),
  DeploymentStrategyId: z.string().regex(/^([a-z0-9]{4,7}|AppConfig\.[A-Za-z0-9]{9,40})$/),
  Description: z.string().nullish(),
  LatestDeploymentNumber: z.int().min(0).nullish(),
  Tags: z.record(z.string().min(1).max(128), z.string().max(256)).nullish(),
});

/** Deployments of the profile to the environment. */
export function deploymentOperations(scope: ControlPlaneScope): Operations {
  const { resources, deployments, arns } = scope;

  const progressOf = (deployment: Deployment): Progress => ({
    state: deployments.stateOf(deployment),
    percent: deployments.percentOf(deployment),
  });

  const permitted = ({ path, permit }: Call, action: string): Deployment => {
    const number = numberIn(path, 'DeploymentNumber');
    permit(action, arns.application, arns.environment, arns.deployment(number));
    requireIds(scope, path, 'application', 'environment');
    const deployment = deployments.find(number);
    if (deployment === undefined) throw notFound('Deployment', number);
    return deployment;
  };

  return {
    [`POST ${DEPLOYMENTS}`]: ({ path, body, permit }) => {
      const asked = parseMembers(startRequest, parseJson(body));
      const strategy = resources.strategies.find(({ id }) => id === asked.DeploymentStrategyId);
      const { application, environment, profile } = arns;
      const strategyArn = arns.strategy(asked.DeploymentStrategyId);
      permit('appconfig:StartDeployment', application, environment, profile, strategyArn);
      requireIds(scope, path, 'application', 'environment');
      requireIds(scope, { ConfigurationProfileId: asked.ConfigurationProfileId }, 'profile');
      if (strategy === undefined) throw notFound('DeploymentStrategy', asked.DeploymentStrategyId);
      const deployment = deployments.start({
        version: versionNamed(scope, asked.ConfigurationVersion),
        strategy,
        description: asked.Description ?? undefined,
        latestNumber: asked.LatestDeploymentNumber ?? undefined,
      });
      // AppConfig answers before the first client has it, also where it is all at once.
      return { status: 201, body: deploymentView(deployment, { state: 'DEPLOYING', percent: 0 }, resources) };
    },

    [`GET ${DEPLOYMENTS}`]: ({ path, query, permit }) => {
      permit('appconfig:ListDeployments', arns.application, arns.environment);
      requireIds(scope, path, 'application', 'environment');
      const items = deployments
        .list()
        .map((deployment) => deploymentSummary(deployment, progressOf(deployment), resources));
      return page(items, query);
    },

    [`GET ${DEPLOYMENTS}/{DeploymentNumber}`]: (call) => {
      const deployment = permitted(call, 'appconfig:GetDeployment');
      return { status: 200, body: deploymentView(deployment, progressOf(deployment), resources) };
    },

    [`DELETE ${DEPLOYMENTS}/{DeploymentNumber}`]: (call) => {
      const deployment = permitted(call, 'appconfig:StopDeployment');
      const stopped = deployments.stop(deployment, flag(call.headers['allow-revert']));
      return { status: 202, body: deploymentView(stopped, progressOf(stopped), resources) };
    },
  };
}

function flag(header: string | readonly string[] | undefined): boolean {
  if (header === undefined || header === 'false') return false;
  if (header === 'true') return true;
  throw new BadRequestError('AllowRevert: must be true or false');
}

interface Progress {
  readonly state: DeploymentState;
  readonly percent: number;
}

const time = (ms: number): string => new Date(ms).toISOString();

/** A deployment as ListDeployments has it. */
function deploymentSummary(
  deployment: Deployment,
  { state, percent }: Progress,
  { profile }: AppConfigResources,
) {
  const { strategy, completeAt, stopped } = deployment;
  return {
    DeploymentNumber: deployment.deploymentNumber,
    ConfigurationProfileId: profile.id,
    ConfigurationName: profile.name,
    ConfigurationVersion: String(deployment.version),
    DeploymentDurationInMinutes: strategy.durationMinutes,
    GrowthType: strategy.growthType,
    GrowthFactor: strategy.growthFactor,
    FinalBakeTimeInMinutes: strategy.bakeMinutes,
    State: state,
    PercentageComplete: percent,
    StartedAt: time(deployment.deployedAt),
    ...(stopped && { CompletedAt: time(stopped.at) }),
    ...(state === 'COMPLETE' && { CompletedAt: time(completeAt) }),
  };
}

/** A deployment as every other operation has it. */
function deploymentView(deployment: Deployment, progress: Progress, resources: AppConfigResources) {
  return {
    ApplicationId: resources.application.id,
    EnvironmentId: resources.environment.id,
    DeploymentStrategyId: deployment.strategy.id,
    ConfigurationLocationUri: 'hosted',
    ...(deployment.description !== undefined && { Description: deployment.description }),
    ...deploymentSummary(deployment, progress, resources),
    EventLog: events(deployment, progress),
  };
}

/** The newest first. What AppConfig tells of each step in percent is left out. */
function events({ deployedAt, bakesFrom, completeAt, stopped }: Deployment, { state, percent }: Progress) {
  const event = (EventType: string, TriggeredBy: string, at: number, Description?: string) => ({
    EventType,
    TriggeredBy,
    OccurredAt: time(at),
    ...(Description !== undefined && { Description }),
  });
  const started = event('DEPLOYMENT_STARTED', 'USER', deployedAt);
  if (state === 'DEPLOYING' && percent === 0) return [started];
  const until = stopped?.at ?? Infinity;
  const baking = until < bakesFrom ? [] : [event('BAKE_TIME_STARTED', 'APPCONFIG', bakesFrom)];
  const begun = state === 'DEPLOYING' ? [started] : [...baking, started];
  const completed = event('DEPLOYMENT_COMPLETED', 'APPCONFIG', completeAt);
  if (stopped === undefined) return [...(state === 'COMPLETE' ? [completed] : []), ...begun];
  const { at, by, description } = stopped;
  if (stopped.as === 'REVERTED') return [event('REVERT_COMPLETED', by, at, description), completed, ...begun];
  const rolledBack = ['ROLLBACK_COMPLETED', 'ROLLBACK_STARTED'].map((type) =>
    event(type, by, at, description),
  );
  return [...rolledBack, ...begun];
}
