import type { ModelConfig } from '../../../contract/model-config';
import { CommandError } from '../../command/errors';
import { mentions, ownModels } from '../../model-config/named-models';
import type { ModelConfigStore } from '../../model-config/deployed-model-config';
import type { Target } from '../target/target';
import { openStore, rollOut } from './roll-out';
import type { TunedChoice } from './tuned-choice';
import { withdrawTuned } from './withdraw-tuned';

/** Deployments that are looked back through for the rules from before; AppConfig keeps many more. */
const LOOK_BACK = 50;

/** The regions whose ModelConfig names the model now. */
export async function regionsThatName(target: Target, modelId: string): Promise<readonly string[]> {
  const named = await Promise.all(
    (['secondary', 'primary'] as const).map(async (role) => {
      const store = await openStore(target, role);
      return mentions((await store.newest()).config, modelId) ? [store.region] : [];
    }),
  );
  return named.flat();
}

/**
 * Takes the model out of both regions' ModelConfig, the standby's first: what it served is served as before.
 * @param alive `modelId`s of what serves tuned models and stays
 * @throws CommandError that says what is in force where, or that a ModelConfig still names the model
 */
export async function withdraw(target: Target, tuned: TunedChoice, alive: readonly string[]): Promise<void> {
  const { modelId } = tuned.model;
  await rollOut(target, {
    change: async (config, store) =>
      mentions(config, modelId)
        ? withdrawTuned(config, tuned, await configBefore(store, modelId, alive))
        : config,
    description: `Serve nothing by a tuned model that is taken out of ${tuned.region}`,
  });
  const still = await regionsThatName(target, modelId);
  if (still.length === 0) return;
  throw new CommandError(
    `The ModelConfig in ${still.join(' and ')} names ${modelId} again: somebody deployed it meanwhile. ` +
      'Nothing was deleted. Run the command again.',
  );
}

/** What was deployed before the model was; undefined where that is unknown, or names a model that is gone. */
async function configBefore(
  store: ModelConfigStore,
  modelId: string,
  alive: readonly string[],
): Promise<ModelConfig | undefined> {
  let looked = 0;
  for await (const { config } of store.history()) {
    if (!mentions(config, modelId)) {
      return ownModels(config).every((own) => alive.includes(own)) ? config : undefined;
    }
    looked += 1;
    if (looked >= LOOK_BACK) return undefined;
  }
  return undefined;
}
