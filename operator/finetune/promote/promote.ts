import { modelConfigSchema, type ModelConfig } from '../../../contract/model-config';
import { CommandError } from '../../command/errors';
import { note } from '../../command/output';
import type { Target } from '../target/target';
import { vendorProblem, serveTuned, type TunedChoice } from './serve-tuned';
import { openStore, rollOut } from './roll-out';

type Placement = Pick<Target, 'region'> & { readonly config: Pick<Target['config'], 'regions'> };

/** @throws CommandError where the assistant does not run in the region that serves the model */
export function requireServable({ region, config }: Placement): void {
  const { primary, secondary } = config.regions;
  if (region === primary || region === secondary) return;
  throw new CommandError(
    `A model tuned in ${region} is served there alone, and the assistant runs in ${primary} and ${secondary}. ` +
      'Tune a base model that one of them can (mlops.baseModel in cdktf.json).',
  );
}

/** The primary's ModelConfig as it would be with the model serving the type; nothing is changed. */
export async function previewPromotion(
  target: Target,
  type: string,
  tuned: TunedChoice,
): Promise<ModelConfig> {
  const problem = vendorProblem(tuned.base, target.config.modelVendors);
  if (problem !== undefined) note(`Warning: ${problem}`);
  const store = await openStore(target, 'primary');
  return valid(serveTuned((await store.newest()).config, type, tuned));
}

/**
 * Serves the type by the model, in both regions' ModelConfig, the standby's first.
 * @throws CommandError that says what is in force where
 */
export async function promote(target: Target, type: string, tuned: TunedChoice): Promise<void> {
  const problem = vendorProblem(tuned.base, target.config.modelVendors);
  if (problem !== undefined) throw new CommandError(problem);
  await rollOut(target, {
    change: (config) => valid(serveTuned(config, type, tuned)),
    description: `Serve ${type} by a tuned model in ${tuned.region}`,
  });
}

function valid(config: ModelConfig): ModelConfig {
  const { error } = modelConfigSchema.safeParse(config);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return config;
  throw new CommandError(`The ModelConfig would not be valid: ${issue.path.join('.')}: ${issue.message}`);
}
