import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import {
  AppConfig,
  AcceleratedClock,
  Faults,
  LocalMlops,
  OPERATOR,
  readStack,
} from '@assistant/emulator/run';
import { createClients } from '../../finetune/target/clients';
import { stackResources } from '../../finetune/target/stack-resources';
import type { Target } from '../../finetune/target/target';
import { shippedConfig, synthesize } from '../../../__tests__/support/synthesize';

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
  const [primary, secondary] = [appConfigOf('primary'), appConfigOf('secondary')];
  const access = mlops.status();
  const clients = createClients(access.clients, {
    primary: await reach(primary),
    secondary: await reach(secondary),
  });
  const appConfig = { primary: primary.service, secondary: secondary.service };

  function appConfigOf(role: 'primary' | 'secondary') {
    const { resources, region } = readStack(app.directory, role);
    const intercept = faults.interceptor(role, 'appconfig');
    return { region, service: new AppConfig(resources, { now: () => clock.now(), intercept }) };
  }

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

const reach = async ({ region, service }: { readonly region: string; readonly service: AppConfig }) => ({
  endpoint: await service.listen(),
  region,
  credentials: OPERATOR,
});
