import {
  AppConfigDataClient,
  BadRequestException,
  GetLatestConfigurationCommand,
  ResourceNotFoundException,
  StartConfigurationSessionCommand,
  type StartConfigurationSessionCommandInput,
} from '@aws-sdk/client-appconfigdata';
import { AppConfig, type AppConfigOptions } from '../../../services/appconfig/appconfig';
import { stack } from '../appconfig/fixture';

const HOUR = 3_600_000;
const names = {
  ApplicationIdentifier: 'assistant',
  EnvironmentIdentifier: 'live',
  ConfigurationProfileIdentifier: 'ModelConfig',
};

let now: number;
let appConfig: AppConfig;
let client: AppConfigDataClient;

async function start(options: AppConfigOptions = {}, region = 'us-east-1'): Promise<void> {
  now = 0;
  appConfig = new AppConfig(stack(), { now: () => now, ...options });
  client = new AppConfigDataClient({
    endpoint: await appConfig.listen(),
    region,
    credentials: { accessKeyId: 'AKIAROUTER', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
}

afterEach(async () => {
  client.destroy();
  await appConfig.close();
});

async function session(
  input: Partial<StartConfigurationSessionCommandInput> = {},
): Promise<string | undefined> {
  const answer = await client.send(new StartConfigurationSessionCommand({ ...names, ...input }));
  return answer.InitialConfigurationToken;
}

async function poll(token: string | undefined) {
  const answer = await client.send(new GetLatestConfigurationCommand({ ConfigurationToken: token }));
  return { ...answer, text: answer.Configuration?.transformToString() ?? '' };
}

const problem = (name: string) =>
  expect.objectContaining({
    name: 'BadRequestException',
    Reason: 'InvalidParameters',
    Details: { InvalidParameters: { configuration_token: { Problem: name } } },
  }) as Error;

describe('polling', () => {
  beforeEach(() => start());

  it('sends the content once, then nothing until it changes', async () => {
    const first = await poll(await session());
    expect(first).toMatchObject({
      text: '{"model":"a"}',
      NextPollIntervalInSeconds: 60,
      ContentType: 'application/json',
    });
    now += 60_000;
    const second = await poll(first.NextPollConfigurationToken);
    expect(second.text).toBe('');
    appConfig.deploy('{"model":"b"}');
    now += 60_000;
    expect((await poll(second.NextPollConfigurationToken)).text).toBe('{"model":"b"}');
  });

  it('takes ids as well as names', async () => {
    const ids = {
      ApplicationIdentifier: 'app1234',
      EnvironmentIdentifier: 'env1234',
      ConfigurationProfileIdentifier: 'pro1234',
    };
    expect((await poll(await session(ids))).text).toBe('{"model":"a"}');
  });

  it('uses up a token', async () => {
    const token = await session();
    await poll(token);
    await expect(poll(token)).rejects.toEqual(problem('Corrupted'));
  });

  it('does not know a token that it never gave', async () => {
    await expect(poll('mine')).rejects.toBeInstanceOf(BadRequestException);
    await expect(poll('mine')).rejects.toEqual(problem('Corrupted'));
  });

  it("refuses a poll before the session's interval is over, without using up the token", async () => {
    const { NextPollConfigurationToken: token, NextPollIntervalInSeconds } = await poll(
      await session({ RequiredMinimumPollIntervalInSeconds: 15 }),
    );
    expect(NextPollIntervalInSeconds).toBe(15);
    now += 14_999;
    await expect(poll(token)).rejects.toEqual(problem('PollIntervalNotSatisfied'));
    now += 1;
    expect((await poll(token)).NextPollConfigurationToken).not.toBe(token);
  });

  it('lets a token expire after 24 hours', async () => {
    const token = await session();
    const late = await session();
    now = 24 * HOUR - 1;
    await poll(token);
    now = 24 * HOUR;
    await expect(poll(late)).rejects.toEqual(problem('Expired'));
  });
});

describe('starting a session', () => {
  it.each([
    ['ApplicationIdentifier', 'Application'],
    ['EnvironmentIdentifier', 'Environment'],
    ['ConfigurationProfileIdentifier', 'ConfigurationProfile'],
  ])('does not find another %s', async (member, ResourceType) => {
    await start();
    const refusal = session({ [member]: 'other' });
    await expect(refusal).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(refusal).rejects.toMatchObject({ ResourceType, ReferencedBy: { [member]: 'other' } });
  });

  it.each([14, 86_401, 20.5])('refuses an interval of %d s', async (RequiredMinimumPollIntervalInSeconds) => {
    await start();
    await expect(session({ RequiredMinimumPollIntervalInSeconds })).rejects.toBeInstanceOf(
      BadRequestException,
    );
  });

  it.each([15, 86_400])('takes an interval of %d s', async (RequiredMinimumPollIntervalInSeconds) => {
    await start();
    expect(await session({ RequiredMinimumPollIntervalInSeconds })).toEqual(expect.any(String));
  });
});

describe('who may read', () => {
  it('must sign for this region', async () => {
    await start({}, 'us-west-2');
    await expect(session()).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('must sign at all', async () => {
    await start();
    const endpoint = await client.config.endpoint?.();
    const response = await fetch(
      `http://127.0.0.1:${endpoint?.port ?? 0}/configuration?configuration_token=x`,
    );
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
  });

  it('is asked for each action on the configuration', async () => {
    const asked: string[][] = [];
    await start({
      authorize: (...question) => {
        asked.push(question);
      },
    });
    await poll(await session());
    const arn =
      'arn:aws:appconfig:us-east-1:123456789012:application/app1234/environment/env1234/configuration/pro1234';
    expect(asked).toEqual([
      ['AKIAROUTER', 'appconfig:StartConfigurationSession', arn],
      ['AKIAROUTER', 'appconfig:GetLatestConfiguration', arn],
    ]);
  });

  it('is told so when denied', async () => {
    await start({
      authorize: () => {
        throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
      },
    });
    await expect(session()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each([
    [10, 2],
    [100, 1],
  ])('at a speed of %d tells whole seconds, %d, in place of 15', async (speed, seconds) => {
    await start({ speed });
    const { NextPollConfigurationToken: token, NextPollIntervalInSeconds } = await poll(
      await session({ RequiredMinimumPollIntervalInSeconds: 15 }),
    );
    expect(NextPollIntervalInSeconds).toBe(seconds);
    now += seconds * 1_000 - 1;
    await expect(poll(token)).rejects.toEqual(problem('PollIntervalNotSatisfied'));
    now += 1;
    await poll(token);
  });
});
