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
 */
export function deploymentOutage(config: AssistantConfig, folder: string): Outage {
  const rehearsal = new Rehearsal(folder);
  process.env[KEY_VARIABLE] ??= REHEARSAL_KEY;
  let rules: ModelConfig | undefined;
  return {
    checkReady: async () => {
      if (await rehearsal.emulator.isRunning()) return;
      throw new CommandError(
        `No rehearsed deployment is served. Deploy first: ${rehearsal.folder.command('deploy primary secondary')}`,
      );
    },
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
