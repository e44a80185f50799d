import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { callControl } from '@assistant/emulator';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import type { ModelConfig } from '../../contract/model-config';
import { readStatus } from '../command/target';
import {
  ModelConfigStore,
  type DeployedVersion,
  type ModelConfigNames,
} from '../model-config/deployed-model-config';
import { REHEARSAL_KEY } from '../rehearse/placeholders';
import { Rehearsal } from '../rehearse/rehearsal';
import type { Outage } from './target';
import { KEY_VARIABLE } from './traffic';

/**
 * Deployments in the rehearsal that the running emulator serves: one of another throttle, of new versions of all
 * functions and of another ModelConfig, then one of what was there before.
 * @throws CommandError where none is served
 */
export async function deploymentOutage(config: AssistantConfig, folder: string): Promise<Outage> {
  const rehearsal = new Rehearsal(folder);
  const base = await rehearsal.servedAt();
  // Whoever is called or asked from here on is the rehearsal's.
  process.env.LOCAL_PORT_BASE = String(base);
  process.env[KEY_VARIABLE] ??= REHEARSAL_KEY;
  let rules: ModelConfigChange | undefined;
  return {
    checkReady: () => Promise.resolve(),
    begin: async () => {
      const { throttle } = config;
      await rehearsal.redeploy({ ...config, throttle: { ...throttle, burst: throttle.burst - 1 } }, true);
      rules = await ModelConfigChange.prepare(config);
      await rules.deploy();
    },
    end: async () => {
      await rehearsal.redeploy(config, false);
      await rules?.takeBack();
    },
    close: () => {
      rules?.close();
    },
  };
}

/** A ModelConfig that answers as the one before, deployed to all regions as operators do it. */
export class ModelConfigChange {
  private constructor(
    private readonly stores: readonly {
      readonly store: ModelConfigStore;
      readonly before: DeployedVersion;
    }[],
  ) {}

  static async prepare(config: ModelConfigNames): Promise<ModelConfigChange> {
    const { regions } = await readStatus();
    const stores = await Promise.all(
      Object.values(regions).map(async ({ region, clients }) => {
        const store = await ModelConfigStore.open(new AppConfigClient(clients.appConfig), region, config);
        return { store, before: await store.newest() };
      }),
    );
    return new ModelConfigChange(stores);
  }

  async deploy(): Promise<void> {
    const rules = (await callControl('GET', '/configuration?region=primary')) as ModelConfig;
    const maintenanceMessage = `${rules.maintenanceMessage} `;
    await callControl('PUT', '/configuration', { ...rules, maintenanceMessage });
  }

  /** What was in force before is so again. */
  async takeBack(): Promise<void> {
    for (const { store, before } of this.stores) await store.takeBackTo(before);
  }

  close(): void {
    for (const { store } of this.stores) store.client.destroy();
  }
}
