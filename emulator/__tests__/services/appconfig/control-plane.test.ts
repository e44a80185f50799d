import {
  DeleteApplicationCommand,
  GetConfigurationProfileCommand,
  ListApplicationsCommand,
  ListConfigurationProfilesCommand,
  ListDeploymentStrategiesCommand,
  ListEnvironmentsCommand,
  paginateListDeploymentStrategies,
} from '@aws-sdk/client-appconfig';
import { APP, PROFILE, run, type Running } from './control-plane-fixture';
import { schema } from './fixture';

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

  it('shows the validators of its profile', async () => {
    const { Validators } = await running.client.send(new GetConfigurationProfileCommand(PROFILE));
    expect(Validators).toEqual([{ Type: 'JSON_SCHEMA', Content: JSON.stringify(schema) }]);
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
  await expect(running.client.send(new GetConfigurationProfileCommand(input))).rejects.toMatchObject({
    name,
  });
});

it('refuses loudly what it does not emulate', async () => {
  await expect(running.client.send(new DeleteApplicationCommand(APP))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('does not emulate DELETE /applications/app1234') as string,
  });
});
