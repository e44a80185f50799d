import {
  CreateHostedConfigurationVersionCommand,
  DeleteHostedConfigurationVersionCommand,
  GetConfigurationProfileCommand,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentsCommand,
  ListDeploymentStrategiesCommand,
  ListEnvironmentsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
  ValidateConfigurationCommand,
  type AppConfigClient,
} from '@aws-sdk/client-appconfig';
import { APP, ENVIRONMENT, PROFILE, run } from './control-plane-fixture';

const APPLICATION_ARN = 'arn:aws:appconfig:us-east-1:123456789012:application/app1234';
const ENVIRONMENT_ARN = `${APPLICATION_ARN}/environment/env1234`;
const PROFILE_ARN = `${APPLICATION_ARN}/configurationprofile/pro1234`;
const STRATEGY_ARN = 'arn:aws:appconfig:us-east-1:123456789012:deploymentstrategy/str1234';
const DEPLOYMENT_ARNS = [APPLICATION_ARN, ENVIRONMENT_ARN, `${ENVIRONMENT_ARN}/deployment/1`];

const deployment = { ...ENVIRONMENT, DeploymentNumber: 1 };
const newDeployment = {
  ...deployment,
  ...PROFILE,
  ConfigurationVersion: '1',
  DeploymentStrategyId: 'str1234',
};
const newVersion = { ...PROFILE, Content: Buffer.from('{}'), ContentType: 'application/json' };

/** Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS AppConfig". */
const ACTIONS: readonly [string, (client: AppConfigClient) => Promise<unknown>, readonly string[]][] = [
  ['ListApplications', (client) => client.send(new ListApplicationsCommand({})), ['*']],
  ['ListDeploymentStrategies', (client) => client.send(new ListDeploymentStrategiesCommand({})), ['*']],
  ['ListEnvironments', (client) => client.send(new ListEnvironmentsCommand(APP)), [APPLICATION_ARN]],
  [
    'ListConfigurationProfiles',
    (client) => client.send(new ListConfigurationProfilesCommand(APP)),
    [APPLICATION_ARN],
  ],
  [
    'GetConfigurationProfile',
    (client) => client.send(new GetConfigurationProfileCommand(PROFILE)),
    [APPLICATION_ARN, PROFILE_ARN],
  ],
  [
    'ListHostedConfigurationVersions',
    (client) => client.send(new ListHostedConfigurationVersionsCommand(PROFILE)),
    [APPLICATION_ARN, PROFILE_ARN],
  ],
  [
    'GetHostedConfigurationVersion',
    (client) => client.send(new GetHostedConfigurationVersionCommand({ ...PROFILE, VersionNumber: 1 })),
    [APPLICATION_ARN, PROFILE_ARN, `${PROFILE_ARN}/hostedconfigurationversion/1`],
  ],
  [
    'CreateHostedConfigurationVersion',
    (client) => client.send(new CreateHostedConfigurationVersionCommand(newVersion)),
    [APPLICATION_ARN, PROFILE_ARN],
  ],
  [
    'DeleteHostedConfigurationVersion',
    (client) => client.send(new DeleteHostedConfigurationVersionCommand({ ...PROFILE, VersionNumber: 1 })),
    [APPLICATION_ARN, PROFILE_ARN, `${PROFILE_ARN}/hostedconfigurationversion/1`],
  ],
  [
    'ValidateConfiguration',
    (client) => client.send(new ValidateConfigurationCommand({ ...PROFILE, ConfigurationVersion: '1' })),
    [APPLICATION_ARN, PROFILE_ARN],
  ],
  [
    'ListDeployments',
    (client) => client.send(new ListDeploymentsCommand(ENVIRONMENT)),
    [APPLICATION_ARN, ENVIRONMENT_ARN],
  ],
  ['GetDeployment', (client) => client.send(new GetDeploymentCommand(deployment)), DEPLOYMENT_ARNS],
  ['StopDeployment', (client) => client.send(new StopDeploymentCommand(deployment)), DEPLOYMENT_ARNS],
  [
    'StartDeployment',
    (client) => client.send(new StartDeploymentCommand(newDeployment)),
    [APPLICATION_ARN, ENVIRONMENT_ARN, PROFILE_ARN, STRATEGY_ARN],
  ],
];

const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedError' });

it.each(ACTIONS)(
  '%s is done by none who may not on each of its resources',
  async (action, call, resources) => {
    for (const forbidden of resources) {
      const asked: string[][] = [];
      const running = await run(
        {},
        {
          authorize: (...question) => {
            asked.push(question);
            if (question[2] === forbidden) throw denied;
          },
        },
      );
      await expect(call(running.client)).rejects.toMatchObject({
        name: 'AccessDeniedException',
        $metadata: { httpStatusCode: 403 },
      });
      const upTo = resources.slice(0, resources.indexOf(forbidden) + 1);
      expect(asked).toEqual(upTo.map((resource) => ['AKIAOPERATOR', `appconfig:${action}`, resource]));
      expect(running.appConfig.current().deploymentNumber).toBe(1);
      await running.close();
    }
  },
);

it('fails as the injected fault says', async () => {
  const fault = () =>
    ({ kind: 'error', status: 500, type: 'InternalServerException', message: 'injected' }) as const;
  const running = await run({}, { intercept: fault });
  await expect(running.client.send(new ListApplicationsCommand({}))).rejects.toMatchObject({
    name: 'InternalServerException',
  });
  await running.close();
});
