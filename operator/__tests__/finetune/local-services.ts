import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { type AppConfig, AcceleratedClock, Faults, LocalMlops, readStack } from '@assistant/emulator/run';
import { createClients } from '../../finetune/target/clients';
import { stackResources } from '../../finetune/target/stack-resources';
import type { Target } from '../../finetune/target/target';
import { shippedConfig, synthesize } from '../../../__tests__/support/synthesize';
import { startAppConfig } from '../local-app-config';

/** The emulated services that the commands reach, without the rest of the system. */
export interface LocalServices {
  readonly target: Target;
  readonly appConfig: Readonly<Record<'primary' | 'secondary', AppConfig>>;
  readonly mlops: LocalMlops;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** A small job takes half a second, and one of thousands of records several. */
const SPEED = 100;

/** Synthesizes the stacks with some values configured otherwise, and runs their services. */
export async function startLocalServices(overrides: Partial<AssistantConfig> = {}): Promise<LocalServices> {
  const app = synthesize(overrides);
  const clock = new AcceleratedClock(SPEED);
  const faults = new Faults();
  const mlops = new LocalMlops({ stack: readStack(app.directory, 'mlops'), clock, faults });
  await mlops.start();
  const primary = await startAppConfig(readStack(app.directory, 'primary'), 'primary', { clock, faults });
  const secondary = await startAppConfig(readStack(app.directory, 'secondary'), 'secondary', {
    clock,
    faults,
  });
  const access = mlops.status();
  const clients = createClients(access.clients, {
    primary: primary.access,
    secondary: secondary.access,
  });
  const appConfig = { primary: primary.service, secondary: secondary.service };

  return {
    target: {
      kind: 'local',
      // No functions run here whose polls would have to be waited for.
      config: { ...shippedConfig(), ...overrides, modelConfigPollSeconds: 0 },
      region: access.region,
      ...stackResources({}, access.outputs),
      ...clients,
      speed: SPEED,
    },
    appConfig,
    mlops,
    faults,
    close: async () => {
      clients.close();
      await Promise.all([mlops, ...Object.values(appConfig)].map((service) => service.close()));
      app.remove();
    },
  };
}
