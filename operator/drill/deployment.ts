import { callControl } from '@assistant/emulator';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import type { ModelConfig } from '../../contract/model-config';
import { CommandError } from '../command/errors';
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
  const base = await rehearsal.emulator.portBase();
  if (base === undefined) {
    throw new CommandError(
      `No rehearsed deployment is served. Deploy first: ${rehearsal.folder.command('deploy primary secondary')}`,
    );
  }
  // Whoever is called or asked from here on is the rehearsal's.
  process.env.LOCAL_PORT_BASE = String(base);
  process.env[KEY_VARIABLE] ??= REHEARSAL_KEY;
  let rules: ModelConfig | undefined;
  return {
    checkReady: () => Promise.resolve(),
    begin: async () => {
      rules = (await callControl('GET', '/configuration?region=primary')) as ModelConfig;
      const { throttle } = config;
      await rehearsal.redeploy({ ...config, throttle: { ...throttle, burst: throttle.burst - 1 } }, true);
      await callControl('PUT', '/configuration', {
        ...rules,
        maintenanceMessage: `${rules.maintenanceMessage} `,
      });
    },
    end: async () => {
      await rehearsal.redeploy(config, false);
      if (rules !== undefined) await callControl('PUT', '/configuration', rules);
    },
    close: () => undefined,
  };
}
