import {
  ConflictException,
  CreateHostedConfigurationVersionCommand,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  ListEnvironmentsCommand,
  StartDeploymentCommand,
  StopDeploymentCommand,
  type StartDeploymentCommandInput,
} from '@aws-sdk/client-appconfig';
import type { Monitoring } from '../../../services/appconfig/appconfig';
import type { AlarmState } from '../../../services/cloudwatch/alarm-state';
import { APP, ENVIRONMENT, PROFILE, run, type Running } from './control-plane-fixture';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let running: Running;
beforeEach(async () => {
  running = await run();
  await running.client.send(
    new CreateHostedConfigurationVersionCommand({
      ...PROFILE,
      Content: Buffer.from('{"model":"b"}'),
      ContentType: 'application/json',
    }),
  );
});
afterEach(() => running.close());

const start = (more: Partial<StartDeploymentCommandInput> = {}) =>
  running.client.send(
    new StartDeploymentCommand({
      ...ENVIRONMENT,
      ConfigurationProfileId: 'pro1234',
      ConfigurationVersion: '2',
      DeploymentStrategyId: 'str1234',
      ...more,
    }),
  );
const baking = { DeploymentStrategyId: 'AppConfig.AllAtOnce' };
const get = (DeploymentNumber: number) =>
  running.client.send(new GetDeploymentCommand({ ...ENVIRONMENT, DeploymentNumber }));
const stop = (DeploymentNumber: number, AllowRevert?: boolean) =>
  running.client.send(
    new StopDeploymentCommand({ ...ENVIRONMENT, DeploymentNumber, ...(AllowRevert && { AllowRevert }) }),
  );
const badRequest = (message: RegExp) =>
  expect.objectContaining({
    name: 'BadRequestException',
    message: expect.stringMatching(message) as string,
  }) as Error;

describe('starting', () => {
  it('answers before it is done, and serves the version', async () => {
    const started = await start({ Description: 'try b', Tags: { team: 'support' } });
    expect(started).toMatchObject({
      ...ENVIRONMENT,
      DeploymentNumber: 2,
      ConfigurationVersion: '2',
      ConfigurationName: 'ModelConfig',
      State: 'DEPLOYING',
      PercentageComplete: 0,
      Description: 'try b',
    });
    expect(running.appConfig.current().content).toBe('{"model":"b"}');
    expect(await get(2)).toMatchObject({
      State: 'COMPLETE',
      PercentageComplete: 100,
      CompletedAt: new Date(running.now),
    });
  });

  it('counts on with what the control port deploys', async () => {
    running.appConfig.deploy('{"model":"b"}');
    expect(await start()).toMatchObject({ DeploymentNumber: 3 });
    expect(running.appConfig.deploy('{"model":"a"}')).toMatchObject({ deploymentNumber: 4, version: 4 });
    const { Items = [] } = await running.client.send(new ListDeploymentsCommand(ENVIRONMENT));
    expect(Items.map((item) => [item.DeploymentNumber, item.ConfigurationVersion, item.State])).toEqual([
      [4, '4', 'COMPLETE'],
      [3, '2', 'COMPLETE'],
      [2, '3', 'COMPLETE'],
      [1, '1', 'COMPLETE'],
    ]);
  });

  it('bakes as long as its strategy says, and conflicts meanwhile', async () => {
    const environmentState = async () =>
      (await running.client.send(new ListEnvironmentsCommand(APP))).Items?.[0]?.State;
    await start(baking);
    running.now += 10 * MINUTE - 1;
    expect(await get(2)).toMatchObject({ State: 'BAKING', PercentageComplete: 100 });
    expect(await environmentState()).toBe('DEPLOYING');
    await expect(start()).rejects.toBeInstanceOf(ConflictException);
    expect(() => running.appConfig.deploy('{"model":"a"}')).toThrow('baking');
    running.now += 1;
    expect(await get(2)).toMatchObject({ State: 'COMPLETE', CompletedAt: new Date(running.now) });
    expect(await environmentState()).toBe('READY_FOR_DEPLOYMENT');
    expect(await start()).toMatchObject({ DeploymentNumber: 3 });
  });

  it('is done on condition that nobody else has deployed', async () => {
    await start({ LatestDeploymentNumber: 1 });
    await expect(start({ LatestDeploymentNumber: 1 })).rejects.toBeInstanceOf(ConflictException);
  });

  it('refuses what the validators refuse, which could be written, and says why', async () => {
    const Content = Buffer.from('{"model":"c","mood":1}');
    const version = { ...PROFILE, Content, ContentType: 'application/json' };
    await running.client.send(new CreateHostedConfigurationVersionCommand(version));
    await expect(start({ ConfigurationVersion: '3' })).rejects.toMatchObject({
      name: 'BadRequestException',
      Reason: 'InvalidConfiguration',
      Details: {
        InvalidConfiguration: [
          { Constraint: 'additionalProperties', Location: '#/additionalProperties' },
          { Constraint: 'enum', Location: '#/properties/model/enum' },
        ],
      },
    });
    expect(running.appConfig.current().deploymentNumber).toBe(1);
  });

  it.each<[string, Partial<StartDeploymentCommandInput>, string]>([
    ['another strategy', { DeploymentStrategyId: 'other12' }, 'ResourceNotFoundException'],
    ['another version', { ConfigurationVersion: '9' }, 'ResourceNotFoundException'],
    ['a version without a number', { ConfigurationVersion: 'latest' }, 'BadRequestException'],
    ['another environment', { EnvironmentId: 'other12' }, 'ResourceNotFoundException'],
    ['another profile', { ConfigurationProfileId: 'other12' }, 'ResourceNotFoundException'],
    ['a key', { KmsKeyIdentifier: 'alias/mine' }, 'BadRequestException'],
    ['extensions', { DynamicExtensionParameters: { a: 'b' } }, 'BadRequestException'],
    ['a description of 1,025 characters', { Description: 'x'.repeat(1025) }, 'BadRequestException'],
  ])('refuses %s', async (_, more, name) => {
    await expect(start(more)).rejects.toMatchObject({ name });
    expect(running.appConfig.current().deploymentNumber).toBe(1);
  });
});

describe('handing out step by step', () => {
  const linear = { DeploymentStrategyId: 'AppConfig.Linear20PercentEvery6Minutes' };
  const exponential = { DeploymentStrategyId: 'AppConfig.Canary10Percent20Minutes' };

  it.each([
    ['linear', linear, 0, 20, 'DEPLOYING'],
    ['linear', linear, 6 * MINUTE - 1, 20, 'DEPLOYING'],
    ['linear', linear, 6 * MINUTE, 40, 'DEPLOYING'],
    ['linear', linear, 24 * MINUTE, 100, 'DEPLOYING'],
    ['linear', linear, 30 * MINUTE, 100, 'BAKING'],
    ['linear', linear, 60 * MINUTE, 100, 'COMPLETE'],
    ['exponential', exponential, 0, 10, 'DEPLOYING'],
    ['exponential', exponential, 5 * MINUTE, 20, 'DEPLOYING'],
    ['exponential', exponential, 15 * MINUTE, 80, 'DEPLOYING'],
    ['exponential', exponential, 20 * MINUTE, 100, 'BAKING'],
  ])('%s: after the time that its strategy has for it', async (_, strategy, after, percent, State) => {
    await start(strategy);
    running.now += after;
    expect(await get(2)).toMatchObject({ State, PercentageComplete: percent });
  });

  it('conflicts with another, and is stopped without leave to revert', async () => {
    await start(linear);
    await expect(start()).rejects.toBeInstanceOf(ConflictException);
    expect(await stop(2)).toMatchObject({ State: 'ROLLED_BACK', PercentageComplete: 0 });
    expect((await get(2)).EventLog).toMatchObject([
      { EventType: 'ROLLBACK_COMPLETED', TriggeredBy: 'USER' },
      { EventType: 'ROLLBACK_STARTED', TriggeredBy: 'USER' },
      { EventType: 'DEPLOYMENT_STARTED' },
    ]);
    expect(await start()).toMatchObject({ DeploymentNumber: 3 });
  });
});

describe('an alarm of the environment', () => {
  const ALARM = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:broken';
  const monitor = [{ alarm_arn: ALARM, alarm_role_arn: 'arn:aws:iam::123456789012:role/monitor' }];
  let state: AlarmState;
  let evaluate: () => void;
  const watched = async (authorizer: Partial<Monitoring['authorizer']> = {}) => {
    await running.close();
    running = await run(
      { aws_appconfig_environment: { environment_id: 'env1234', name: 'live', monitor } },
      {
        monitoring: {
          alarms: {
            statusOf: (name) => (name === 'broken' ? { name, state, since: 0 } : undefined),
            onEvaluated: (listener) => {
              evaluate = listener;
              return () => true;
            },
          },
          authorizer: { authorize: () => undefined, assumable: () => true, ...authorizer },
        },
      },
    );
  };

  it.each(['ALARM', 'INSUFFICIENT_DATA'] as const)(
    'takes back what is under way: %s, and says which it was',
    async (bad) => {
      state = 'OK';
      await watched();
      await start({ ...baking, ConfigurationVersion: '1' });
      evaluate();
      expect((await get(2)).State).toBe('BAKING');
      state = bad;
      evaluate();
      expect(await get(2)).toMatchObject({
        State: 'ROLLED_BACK',
        EventLog: [
          { EventType: 'ROLLBACK_COMPLETED', TriggeredBy: 'CLOUDWATCH_ALARM', Description: ALARM },
          { EventType: 'ROLLBACK_STARTED' },
          { EventType: 'BAKE_TIME_STARTED' },
          { EventType: 'DEPLOYMENT_STARTED' },
        ],
      });
      expect(running.appConfig.current().deploymentNumber).toBe(1);
    },
  );

  it('leaves what is complete', async () => {
    state = 'ALARM';
    await watched();
    await start({ ConfigurationVersion: '1' });
    evaluate();
    expect((await get(2)).State).toBe('COMPLETE');
  });

  it('stops the start where AppConfig may not ask for it', async () => {
    await expect(watched({ assumable: () => false })).rejects.toThrow('may not assume the role');
    const denied = {
      authorize: () => {
        throw new Error('is not authorized');
      },
    };
    await expect(watched(denied)).rejects.toThrow('is not authorized');
  });
});

describe('stopping', () => {
  it.each([
    ['while it bakes', 0, 'ROLLED_BACK'],
    ['within 72 hours of its end', 10 * MINUTE + 72 * HOUR, 'REVERTED'],
  ])('goes back to the configuration before %s', async (_, after, State) => {
    await start(baking);
    running.now += after;
    expect(await stop(2, true)).toMatchObject({ DeploymentNumber: 2, State });
    expect(running.appConfig.current()).toMatchObject({ deploymentNumber: 1, content: '{"model":"a"}' });
    expect(await get(2)).toMatchObject({ State, CompletedAt: new Date(running.now) });
    expect(await start()).toMatchObject({ DeploymentNumber: 3 });
  });

  it('goes back step by step', async () => {
    await start();
    await start({ ConfigurationVersion: '1' });
    await stop(3, true);
    expect(running.appConfig.current().deploymentNumber).toBe(2);
    await stop(2, true);
    expect(running.appConfig.current().deploymentNumber).toBe(1);
  });

  it('needs leave to revert, since all at once is over at once', async () => {
    await start(baking);
    await expect(stop(2)).rejects.toEqual(badRequest(/BAKING, not DEPLOYING/));
    expect(running.appConfig.current().deploymentNumber).toBe(2);
  });

  it('is refused for what is not in force', async () => {
    await start();
    await expect(stop(1, true)).rejects.toEqual(badRequest(/another one is in force/));
    await stop(2, true);
    await expect(stop(2, true)).rejects.toEqual(badRequest(/REVERTED/));
    await expect(stop(1, true)).rejects.toEqual(badRequest(/no configuration before/));
    await expect(stop(9, true)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is refused later than 72 hours after the end', async () => {
    await start();
    running.now += 72 * HOUR + 1;
    await expect(stop(2, true)).rejects.toEqual(badRequest(/72 hours/));
  });
});
