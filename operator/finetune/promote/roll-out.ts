import type { ModelConfig } from '../../../contract/model-config';
import { CommandError, describeError } from '../../command/errors';
import { untilInterrupted } from '../../command/interruption';
import { note } from '../../command/output';
import { ModelConfigStore } from '../../model-config/deployed-model-config';
import type { Target } from '../target/target';
import { deployVersion } from './deploy-version';

type Role = 'primary' | 'secondary';

/** The standby first: the region that customers use takes only what the other has taken. */
const ORDER: readonly Role[] = ['secondary', 'primary'];

export interface RollOut {
  /** Makes a region's new rules from those in force there. */
  readonly change: (config: ModelConfig, store: ModelConfigStore) => Promise<ModelConfig> | ModelConfig;
  readonly description: string;
}

export const openStore = ({ config, appConfig }: Target, role: Role): Promise<ModelConfigStore> =>
  ModelConfigStore.open(appConfig[role], config.regions[role], config.stage);

/**
 * Changes the ModelConfig of both regions, each from its own, one after the other.
 * @throws CommandError that says what is in force where, and how to go on
 */
export async function rollOut(target: Target, { change, description }: RollOut): Promise<void> {
  const done: string[] = [];
  await untilInterrupted('Run the same command again: it goes on where it was.', async (signal) => {
    for (const role of ORDER) {
      const region = target.config.regions[role];
      try {
        const store = await openStore(target, role);
        const before = await store.newest();
        const config = await change(before.config, store);
        const number = await deployVersion({ store, before, config, description, target, signal });
        const news = number === before.deploymentNumber ? 'is in force already' : 'is in force';
        done.push(`${region} has the new rules (deployment ${number})`);
        note(`${region} (${role}): deployment ${number} ${news}.`);
      } catch (error) {
        if (signal.aborted) throw error;
        throw incomplete(target, region, done, error);
      }
    }
  });
}

function incomplete(
  { config }: Target,
  region: string,
  done: readonly string[],
  error: unknown,
): CommandError {
  const state =
    done.length === 0
      ? `It comes first: the rules in ${config.regions.primary} are as they were. Run the same command again.`
      : `${done.join(', ')}, ${region} has the old ones. Run the same command again: it goes on with ${region}.`;
  return new CommandError(`${region}: ${describeError(error)}\n${state}`, 1, { cause: error });
}
