import { readConfig } from '../../../constructs/config/read-config';
import { type Status, type MlopsAccess, callControl } from '@assistant/emulator';
import { CommandError } from '../command/command-error';
import { createClients } from './clients';
import { stackResources } from './stack-resources';
import type { Target } from './target';

/** The part of the running system's status that is read here. */
type LocalStatus = Pick<Status, 'clock' | 'regions'> & { readonly mlops: MlopsAccess | null };

/**
 * A running `npm start`, reached by its control port. The environment is left aside: what it names is on AWS.
 * @throws Error where none runs, with what to do
 */
export async function localTarget(): Promise<Target> {
  const { clock, regions, mlops } = (await callControl('GET', '/status')) as LocalStatus;
  const primary = regions.primary?.operator?.clients.appConfig;
  const secondary = regions.secondary?.operator?.clients.appConfig;
  if (!mlops || !primary || !secondary) {
    throw new CommandError(
      'The running system is not complete yet. Wait until `npm start` says that it is ready.',
    );
  }
  return {
    kind: 'local',
    config: readConfig(),
    region: mlops.region,
    ...stackResources({}, mlops.outputs),
    ...createClients(mlops.clients, { primary, secondary }),
    speed: clock.speed,
  };
}
