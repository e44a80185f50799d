import { modelConfigSchema, type ModelConfig } from '../../../contract/model-config';
import { CommandError } from '../../command/errors';
import { note } from '../../command/output';
import { faultsOf } from '../../model-config/faults';
import type { Target } from '../target/target';
import { serveTuned, type TunedChoice } from './serve-tuned';
import { openStore, rollOut } from './roll-out';
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
  const before = (await store.newest()).config;
  const after = valid(serveTuned(before, type, tuned));
  for (const fault of newFaults(before, after, target)) note(`Warning: ${fault}`);
  return after;
}

/** Whether a promotion of the model for the type has been begun: the standby, which comes first, has it. */
export async function isBegun(
  target: Target,
  type: string,
  { region, model }: TunedChoice,
): Promise<boolean> {
  const { config } = await (await openStore(target, 'secondary')).newest();
  return ownEntry(ownEntry(config.regions, region)?.types, type)?.primary?.modelId === model.modelId;
}

/**
 * Serves the type by the model, in both regions' ModelConfig, the standby's first.
 * @throws CommandError that says what is in force where
 */
export async function promote(target: Target, type: string, tuned: TunedChoice): Promise<void> {
  await rollOut(target, {
    change: (before) => {
      const after = valid(serveTuned(before, type, tuned));
      const [fault] = newFaults(before, after, target);
      if (fault !== undefined) throw new CommandError(`The ModelConfig could not work: ${fault}.`);
      return after;
    },
    description: `Serve ${type} by a tuned model in ${tuned.region}`,
  });
}

function valid(config: ModelConfig): ModelConfig {
  const { error } = modelConfigSchema.safeParse(config);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return config;
  throw new CommandError(`The ModelConfig would not be valid: ${issue.path.join('.')}: ${issue.message}`);
}

/** What the change would break; a fault that was there before is none of its. */
function newFaults(before: ModelConfig, after: ModelConfig, { config }: Target): readonly string[] {
  const known = faultsOf(before, config);
  return faultsOf(after, config).filter((fault) => !known.includes(fault));
}
