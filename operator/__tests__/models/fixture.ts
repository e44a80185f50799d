import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { AcceleratedClock, type AppConfig, Faults, readStack } from '@assistant/emulator/run';
import { shippedConfig, synthesize } from '../../../__tests__/support/synthesize';
import { defaultModelConfig } from '../../../contract/default-model-config';
import type { ModelConfig } from '../../../contract/model-config';
import { ORDER, type RollOutTarget } from '../../model-config/roll-out';
import type { Change } from '../../models/change';
import { captureOutput } from '../capture-output';
import { startAppConfig } from '../local-app-config';

/** Minutes are a fraction of a second. */
const SPEED = 600;

interface Regions {
  readonly services: Readonly<Record<'primary' | 'secondary', AppConfig>>;
  readonly target: RollOutTarget;
  readonly output: ReturnType<typeof captureOutput>;
}

/** For each test of a file, both regions' AppConfig with the shipped rules in force, and what an operator gives the commands. */
export function useModels() {
  const folder = mkdtempSync(join(tmpdir(), 'models-'));
  const app = synthesize();
  const stacks = {
    primary: readStack(app.directory, 'primary'),
    secondary: readStack(app.directory, 'secondary'),
  };
  const faults = new Faults();
  const clock = new AcceleratedClock(SPEED);
  /** When emulated time has been stopped, if it has. */
  let stoppedAt: number | undefined;
  let current: Regions | undefined;
  const regions = (): Regions => {
    if (current === undefined) throw new Error('There are regions within a test only.');
    return current;
  };

  beforeEach(async () => {
    const output = captureOutput();
    stoppedAt = undefined;
    const options = { clock: { now: () => stoppedAt ?? clock.now() }, faults };
    const primary = await startAppConfig(stacks.primary, 'primary', options);
    const secondary = await startAppConfig(stacks.secondary, 'secondary', options);
    const target: RollOutTarget = {
      ...{ kind: 'local', config: shippedConfig(), speed: SPEED },
      appConfig: {
        primary: new AppConfigClient({ ...primary.access, maxAttempts: 1 }),
        secondary: new AppConfigClient({ ...secondary.access, maxAttempts: 1 }),
      },
    };
    current = { services: { primary: primary.service, secondary: secondary.service }, target, output };
  });
  afterEach(async () => {
    faults.clear();
    const { services, target } = regions();
    for (const client of Object.values(target.appConfig)) client.destroy();
    await Promise.all(Object.values(services).map((service) => service.close()));
    jest.restoreAllMocks();
  });
  afterAll(() => {
    app.remove();
  });

  return {
    regions,
    faults,
    folder,
    /** Emulated time stands still from now on. */
    stopTime: () => {
      stoppedAt = clock.now();
    },
    goOn: () => {
      stoppedAt = undefined;
    },
    inForce: (role: 'primary' | 'secondary') =>
      JSON.parse(regions().services[role].current().content) as ModelConfig,
    file: (config: unknown): string => {
      const path = join(folder, 'rules.json');
      writeFileSync(path, JSON.stringify(config));
      return path;
    },
    change: (more: Partial<Change> = {}): Change => ({
      ...{ target: regions().target, roles: ORDER, yes: true, now: true, force: false },
      preflight: () => Promise.resolve(true),
      ...more,
    }),
    look: (json = false) => ({ target: regions().target, roles: ORDER, json }),
    /** The versions in force, of the secondary first. */
    deployed: () => [
      regions().services.secondary.current().version,
      regions().services.primary.current().version,
    ],
  };
}

export const saying = (maintenanceMessage: string): ModelConfig => ({
  ...defaultModelConfig,
  maintenanceMessage,
});
