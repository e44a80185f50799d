import type { Deployment, DeploymentState } from '../deployments';
import type { AppConfigResources } from '../resources';

type State = DeploymentState | 'DEPLOYING';

const time = (ms: number): string => new Date(ms).toISOString();

/** A deployment as ListDeployments has it. */
export function deploymentSummary(deployment: Deployment, state: State, { profile }: AppConfigResources) {
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
    PercentageComplete: state === 'BAKING' || state === 'COMPLETE' ? 100 : 0,
    StartedAt: time(deployment.deployedAt),
    ...(stopped && { CompletedAt: time(stopped.at) }),
    ...(state === 'COMPLETE' && { CompletedAt: time(completeAt) }),
  };
}

/** A deployment as every other operation has it. */
export function deploymentView(deployment: Deployment, state: State, resources: AppConfigResources) {
  return {
    ApplicationId: resources.application.id,
    EnvironmentId: resources.environment.id,
    DeploymentStrategyId: deployment.strategy.id,
    ConfigurationLocationUri: 'hosted',
    ...(deployment.description !== undefined && { Description: deployment.description }),
    ...deploymentSummary(deployment, state, resources),
    EventLog: events(deployment, state),
  };
}

/** The newest first. */
function events({ deployedAt, completeAt, stopped }: Deployment, state: State) {
  const event = (EventType: string, TriggeredBy: string, at: number) => ({
    EventType,
    TriggeredBy,
    OccurredAt: time(at),
  });
  const started = event('DEPLOYMENT_STARTED', 'USER', deployedAt);
  if (state === 'DEPLOYING') return [started];
  const baking = event('BAKE_TIME_STARTED', 'APPCONFIG', deployedAt);
  const completed = event('DEPLOYMENT_COMPLETED', 'APPCONFIG', completeAt);
  if (stopped?.as === 'ROLLED_BACK')
    return [event('ROLLBACK_COMPLETED', 'USER', stopped.at), baking, started];
  if (stopped) return [event('REVERT_COMPLETED', 'USER', stopped.at), completed, baking, started];
  return [...(state === 'COMPLETE' ? [completed] : []), baking, started];
}
