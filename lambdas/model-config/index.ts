import { log } from '../log';
import { createAppConfigClient } from './appconfig-client';
import { ModelConfigSource } from './model-config-source';

/** This instance's model rules. */
export const modelConfig = new ModelConfigSource({
  client: createAppConfigClient(),
  now: Date.now,
  onEvent: (event, detail) => {
    if (event === 'config_changed') log('INFO', event, { configurationVersion: detail });
    else log('WARN', event, { detail: detail instanceof Error ? detail.name : detail });
  },
});
