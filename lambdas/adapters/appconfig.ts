import {
  AppConfigDataClient,
  GetLatestConfigurationCommand,
  StartConfigurationSessionCommand,
} from '@aws-sdk/client-appconfigdata';
import type { AppConfigClient } from '../tier/model-config-source';
import { withAwakeTimeout } from './awake-timeout';
import type { Environment } from './environment';
import { PersistentHttp } from './persistent-http';

/** A first request waits for two calls: AppConfig answers in tens of milliseconds, or the bundled rules serve. */
const CALL_TIMEOUT_MS = 1_000;

/** Retries nothing: the next poll is the retry. */
export function createAppConfigClient(environment: Environment): AppConfigClient {
  const client = new AppConfigDataClient({ maxAttempts: 1, requestHandler: new PersistentHttp() });
  const pollSeconds = Number(environment('APPCONFIG_POLL_SECONDS'));
  return {
    async startSession() {
      const command = new StartConfigurationSessionCommand({
        ApplicationIdentifier: environment('APPCONFIG_APPLICATION'),
        EnvironmentIdentifier: environment('APPCONFIG_ENVIRONMENT'),
        ConfigurationProfileIdentifier: environment('APPCONFIG_PROFILE'),
        RequiredMinimumPollIntervalInSeconds: pollSeconds,
      });
      const session = await withAwakeTimeout(CALL_TIMEOUT_MS, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      return present(session.InitialConfigurationToken, 'InitialConfigurationToken');
    },
    async poll(token) {
      const command = new GetLatestConfigurationCommand({ ConfigurationToken: token });
      const latest = await withAwakeTimeout(CALL_TIMEOUT_MS, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      const content = latest.Configuration?.transformToString('utf-8') ?? '';
      return {
        nextToken: present(latest.NextPollConfigurationToken, 'NextPollConfigurationToken'),
        nextPollSeconds: latest.NextPollIntervalInSeconds ?? pollSeconds,
        ...(content === '' ? {} : { content }),
        ...(latest.VersionLabel ? { label: latest.VersionLabel } : {}),
      };
    },
  };
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`AppConfig's answer has no ${name}.`);
  return value;
}
