import { readConfig } from '../../../constructs/config/read-config';
import { type Status, callControl } from '@assistant/emulator';
import { CommandError } from '../command/command-error';
import { createClients } from './clients';
import { stackResources } from './stack-resources';
import type { Target } from './target';

/**
 * A running `npm start`, reached by its control port. The environment is left aside: what it names is on AWS.
 * @throws Error where none runs, with what to do
 */
export async function localTarget(): Promise<Target> {
  const { clock, regions, mlops } = (await callControl('GET', '/status')) as Status;
  if (mlops === null) throw new CommandError('The running system has no mlops stack.');
  return {
    kind: 'local',
    config: readConfig(),
    region: mlops.region,
    ...stackResources({}, mlops.outputs),
    ...createClients(mlops.clients, {
      primary: regions.primary.clients.appConfig,
      secondary: regions.secondary.clients.appConfig,
    }),
    speed: clock.speed,
  };
}
