import {
  DeleteApplicationCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListEnvironmentsCommand,
  paginateListDeploymentStrategies,
  CreateHostedConfigurationVersionCommand,
  DeleteHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  GetHostedConfigurationVersionCommand,
  ListDeploymentsCommand,
  ListHostedConfigurationVersionsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
  type AppConfigClient,
} from '@aws-sdk/client-appconfig';
import { APP, PROFILE, run, type Running, ENVIRONMENT } from './control-plane-fixture';

let running: Running;
beforeEach(async () => {
  running = await run();
});
afterEach(() => running.close());

describe('what the stack declares', () => {
  it('is listed by name and id', async () => {
    const { client } = running;
    const [applications, environments, profiles] = await Promise.all([
      client.send(new ListApplicationsCommand({})),
      client.send(new ListEnvironmentsCommand(APP)),
      client.send(new ListConfigurationProfilesCommand(APP)),
    ]);
    expect(applications.Items).toEqual([{ Id: 'app1234', Name: 'assistant' }]);
    expect(environments.Items).toEqual([
      { ...APP, Id: 'env1234', Name: 'live', State: 'READY_FOR_DEPLOYMENT' },
    ]);
    expect(profiles.Items).toEqual([
      {
        ...APP,
        Id: 'pro1234',
        Name: 'ModelConfig',
        LocationUri: 'hosted',
        ValidatorTypes: ['JSON_SCHEMA'],
        Type: 'AWS.Freeform',
      },
    ]);
  });

  it('lists profiles of the asked type only', async () => {
    const asked = { ...APP, Type: 'AWS.AppConfig.FeatureFlags' };
    expect((await running.client.send(new ListConfigurationProfilesCommand(asked))).Items).toEqual([]);
  });
});

describe('strategies', () => {
  it('are those that AWS has made, and the stack’s own', async () => {
    const { Items = [] } = await running.client.send(new ListDeploymentStrategiesCommand({}));
    expect(
      Items.map((strategy) => [
        strategy.Id,
        strategy.DeploymentDurationInMinutes,
        strategy.GrowthFactor,
        strategy.FinalBakeTimeInMinutes,
      ]),
    ).toEqual([
      ['AppConfig.AllAtOnce', 0, 100, 10],
      ['AppConfig.Linear50PercentEvery30Seconds', 1, 50, 1],
      ['AppConfig.Canary10Percent20Minutes', 20, 10, 10],
      ['AppConfig.Linear20PercentEvery6Minutes', 30, 20, 30],
      ['str1234', 0, 100, 0],
    ]);
  });

  it('come in pages', async () => {
    const names: (string | undefined)[][] = [];
    for await (const { Items = [] } of paginateListDeploymentStrategies(
      { client: running.client, pageSize: 2 },
      {},
    )) {
      names.push(Items.map(({ Id }) => Id));
    }
    expect(names.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(new Set(names.flat()).size).toBe(5);
  });

  it.each([
    ['no results', { MaxResults: 0 }, /max_results/],
    ['51 results', { MaxResults: 51 }, /max_results/],
    ['a token that no page has given', { NextToken: 'mine' }, /NextToken/],
    ['a token beyond the end', { NextToken: Buffer.from('6').toString('base64url') }, /NextToken/],
  ])('cannot be asked for with %s', async (_, input, message) => {
    await expect(running.client.send(new ListDeploymentStrategiesCommand(input))).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message) as string,
    });
  });
});

it.each([
  ['another application', { ...PROFILE, ApplicationId: 'other12' }, 'ResourceNotFoundException'],
  ['another profile', { ...PROFILE, ConfigurationProfileId: 'other12' }, 'ResourceNotFoundException'],
  ['a name in place of an id', { ...PROFILE, ApplicationId: 'assistant' }, 'BadRequestException'],
  ['an id with a slash', { ...PROFILE, ApplicationId: 'app/1234' }, 'BadRequestException'],
])('does not find %s', async (_, input, name) => {
  await expect(running.client.send(new ListHostedConfigurationVersionsCommand(input))).rejects.toMatchObject({
    name,
  });
});

it('refuses loudly what it does not emulate', async () => {
  await expect(running.client.send(new DeleteApplicationCommand(APP))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('does not emulate DELETE /applications/app1234') as string,
  });
});

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

/** The same of an application that is not there. */
const elsewhere = (client: AppConfigClient): AppConfigClient => {
  client.middlewareStack.add(
    (next) => (call) => next({ ...call, input: Object.assign(call.input, { ApplicationId: 'other12' }) }),
    { step: 'initialize' },
  );
  return client;
};

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
      await expect(call(elsewhere(running.client))).rejects.toMatchObject({ name: 'AccessDeniedException' });
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
