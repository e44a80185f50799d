import type { Operations } from '../operations';
import type { Strategy } from '../strategies';
import { page } from './page';
import { requireIds, type ControlPlaneScope } from './scope';

/** What there is: the stack's application, environment and profile, and the strategies to deploy with. */
export function catalogue(scope: ControlPlaneScope): Operations {
  const { resources, deployments, arns } = scope;
  const { application, environment, profile, schemas, strategies } = resources;
  const ApplicationId = application.id;
  const LocationUri = 'hosted';
  const Type = 'AWS.Freeform';

  return {
    'GET /applications': ({ query, permit }) => {
      permit('appconfig:ListApplications', '*');
      return page([{ Id: ApplicationId, Name: application.name }], query);
    },

    'GET /applications/{ApplicationId}/environments': ({ path, query, permit }) => {
      requireIds(scope, path, 'application');
      permit('appconfig:ListEnvironments', arns.application);
      const [latest] = deployments.list();
      const state = latest && deployments.stateOf(latest);
      const State =
        state === 'BAKING' ? 'DEPLOYING' : state === 'COMPLETE' || !state ? 'READY_FOR_DEPLOYMENT' : state;
      return page([{ ApplicationId, Id: environment.id, Name: environment.name, State }], query);
    },

    'GET /applications/{ApplicationId}/configurationprofiles': ({ path, query, permit }) => {
      requireIds(scope, path, 'application');
      permit('appconfig:ListConfigurationProfiles', arns.application);
      const ValidatorTypes = [...new Set(schemas.map(() => 'JSON_SCHEMA'))];
      const summary = {
        ApplicationId,
        Id: profile.id,
        Name: profile.name,
        LocationUri,
        ValidatorTypes,
        Type,
      };
      const asked = query.get('type');
      return page(asked === null || asked === Type ? [summary] : [], query);
    },

    'GET /applications/{ApplicationId}/configurationprofiles/{ConfigurationProfileId}': ({
      path,
      permit,
    }) => {
      requireIds(scope, path, 'application', 'profile');
      permit('appconfig:GetConfigurationProfile', arns.application, arns.profile);
      const Validators = schemas.map((Content) => ({ Type: 'JSON_SCHEMA', Content }));
      const body = { ApplicationId, Id: profile.id, Name: profile.name, LocationUri, Validators, Type };
      return { status: 200, body };
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
