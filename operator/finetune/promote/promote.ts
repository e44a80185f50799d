import { modelConfigSchema, type ModelConfig } from '../../../contract/model-config';
import { CommandError } from '../../command/errors';
import { note } from '../../command/output';
import { readable } from '../../model-config/deployed-model-config';
import { newFaults, requireWorkable } from '../../model-config/model-config-file';
import type { Target } from '../target/target';
import { serveTuned, type TunedChoice } from './serve-tuned';
import { openStore, planRollOut, rollOut } from '../../model-config/roll-out';
import { ownEntry } from './withdraw';

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
  const store = await openStore(target, 'primary');
  const before = readable(await store.newest()).config;
  const after = valid(serveTuned(before, type, tuned));
  for (const fault of newFaults(before, after, target.config)) note(`Warning: ${fault}`);
  return after;
}

/** Whether a promotion of the model for the type has been begun: the standby, which comes first, has it. */
export async function isBegun(
  target: Target,
  type: string,
  { region, model }: TunedChoice,
): Promise<boolean> {
  const { config } = readable(await (await openStore(target, 'secondary')).newest());
  return ownEntry(ownEntry(config.regions, region)?.types, type)?.primary?.modelId === model.modelId;
}

/**
 * Serves the type by the model, in both regions' ModelConfig, the standby's first.
 * @throws CommandError that says what is in force where
 */
export async function promote(target: Target, type: string, tuned: TunedChoice, now: boolean): Promise<void> {
  const plans = await planRollOut(target, (current) => {
    const before = readable(current.before).config;
    const after = valid(serveTuned(before, type, tuned));
    requireWorkable(before, after, target.config);
    return after;
  });
  await rollOut(target, plans, { description: `Serve ${type} by a tuned model in ${tuned.region}`, now });
}

function valid(config: ModelConfig): ModelConfig {
  const { error } = modelConfigSchema.safeParse(config);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return config;
  throw new CommandError(`The ModelConfig would not be valid: ${issue.path.join('.')}: ${issue.message}`);
}
