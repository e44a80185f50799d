import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { projectConfig } from '../command/project';
import { answersWithin, openRegions, type Role, type TargetName } from '../command/target';
import type { RollOutTarget } from './roll-out';

/** The SDK's own retries are the only ones: what changes something is idempotent by a lock. */
const CLIENT = {
  maxAttempts: 3,
  requestHandler: answersWithin(10_000),
};

/** Opens AppConfig in both regions, each when it is first used, and closes it whatever happens. */
export async function withModelConfigs<T>(
  kind: TargetName,
  act: (target: RollOutTarget) => Promise<T>,
): Promise<T> {
  const regions = await openRegions(kind);
  const clients = new Map<Role, AppConfigClient>();
  const clientOf = (role: Role): AppConfigClient => {
    const client = clients.get(role) ?? new AppConfigClient({ ...regions[role].appConfig, ...CLIENT });
    clients.set(role, client);
    return client;
  };
  try {
    return await act({
      kind,
      config: projectConfig(),
      speed: regions.speed,
      appConfig: {
        get primary() {
          return clientOf('primary');
        },
        get secondary() {
          return clientOf('secondary');
        },
      },
    });
  } finally {
    for (const client of clients.values()) client.destroy();
  }
}
