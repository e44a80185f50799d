import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { AppConfig, type AppConfigOptions } from '../../../services/appconfig/appconfig';
import { stack, type Type } from './fixture';

export const APP = { ApplicationId: 'app1234' };
export const ENVIRONMENT = { ...APP, EnvironmentId: 'env1234' };
export const PROFILE = { ...APP, ConfigurationProfileId: 'pro1234' };

export interface Running {
  readonly appConfig: AppConfig;
  readonly client: AppConfigClient;
  /** Emulated time, in milliseconds. */
  now: number;
  close(): Promise<void>;
}

/** A local AppConfig and a real client of its control plane. */
export async function run(
  changes: Partial<Record<Type, Record<string, unknown>>> = {},
  options: Omit<AppConfigOptions, 'now'> = {},
): Promise<Running> {
  const running = { now: Date.UTC(2026, 10, 22) };
  const appConfig = new AppConfig(stack(changes), { now: () => running.now, ...options });
  const client = new AppConfigClient({
    endpoint: await appConfig.listen(),
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  return Object.assign(running, {
    appConfig,
    client,
    close: async () => {
      client.destroy();
      await appConfig.close();
    },
  });
}
