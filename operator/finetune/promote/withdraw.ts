import { isDeepStrictEqual } from 'node:util';
import type { ModelChoice, ModelConfig, ModelRule } from '../../../contract/model-config';
import {
  names,
  typesServedBy,
  type PartialRule,
  type Region,
  mentions,
  ownModels,
} from '../../model-config/named-models';
import { CommandError } from '../../command/errors';
import { type ModelConfigStore, readable } from '../../model-config/deployed-model-config';
import type { Target } from '../target/target';
import { serveTuned, type TunedChoice } from './serve-tuned';
import { openStore, planRollOut, rollOut } from '../../model-config/roll-out';

type Entries<T> = Readonly<Record<string, T>>;

/** Names such as `__proto__` are like any other: only own keys count. */
export const ownEntry = <T>(entries: Entries<T> | undefined, key: string): T | undefined =>
  entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;

/** A copy with one entry set, in its place where it was there before. */
export function withEntry<T>(entries: Entries<T> | undefined, key: string, value: T): Record<string, T> {
  const before = Object.entries(entries ?? {});
  const after = before.map(([name, old]) => [name, name === key ? value : old] as const);
  return Object.fromEntries(ownEntry(entries, key) === undefined ? [...after, [key, value]] : after);
}

/** A copy of each entry, changed; those that change to undefined are left out. */
const mapEntries = <T, U>(entries: Entries<T>, change: (value: T, key: string) => U | undefined) =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => {
      const changed = change(value, key);
      return changed === undefined ? [] : [[key, changed] as const];
    }),
  ) as Record<string, U>;

/** undefined in place of an object without entries. */
const unlessEmpty = <T extends object>(entries: T): T | undefined =>
  Object.keys(entries).length > 0 ? entries : undefined;

/**
 * The configuration without a tuned model. A type that is still as `serveTuned` left it gets back the rule that it
 * had before; of one that was changed since, the region's difference goes, and what named the tuned model names its
 * base model.
 * @param before the configuration that was deployed before the model was first served; undefined: unknown
 */
export function withdrawTuned(
  current: ModelConfig,
  tuned: TunedChoice,
  before: ModelConfig | undefined,
): ModelConfig {
  const restored = typesServedBy(current, tuned.model.modelId).reduce(
    (config, type) => (before ? restoreType(config, type, tuned, before) : config),
    current,
  );
  return withoutModel(restored, tuned);
}

function restoreType(
  config: ModelConfig,
  type: string,
  tuned: TunedChoice,
  before: ModelConfig,
): ModelConfig {
  const { region } = tuned;
  const regional = (of: ModelConfig) => ownEntry(ownEntry(of.regions, region)?.types, type);
  const served = serveTuned(before, type, tuned);
  const untouched =
    isDeepStrictEqual(ownEntry(config.types, type), ownEntry(served.types, type)) &&
    isDeepStrictEqual(regional(config), regional(served));
  if (!untouched) return config;
  const types = replaceEntry(config.types, type, ownEntry(before.types, type));
  const regionNow = ownEntry(config.regions, region) ?? {};
  const regionTypes = replaceEntry(regionNow.types ?? {}, type, regional(before));
  return withRegions(
    { ...config, types },
    replaceEntry(config.regions ?? {}, region, regionWith(regionNow, regionTypes)),
  );
}

/** In place, so that what was there before comes back as it was. */
function replaceEntry<T>(entries: Readonly<Record<string, T>>, key: string, value: T | undefined) {
  return mapEntries(entries, (old, name) => (name === key ? value : old));
}

function withoutModel(config: ModelConfig, tuned: TunedChoice): ModelConfig {
  const regions = mapEntries(config.regions ?? {}, (region) => withoutModelInRegion(region, tuned));
  return withRegions(
    {
      ...config,
      default: ruleWithout(config.default, tuned),
      types: mapEntries(config.types, (rule) => ruleWithout(rule, tuned)),
    },
    regions,
  );
}

function ruleWithout(rule: ModelRule, { model, base }: TunedChoice): ModelRule {
  const replaced = (choice: ModelChoice) => (choice.modelId === model.modelId ? base : choice);
  return { ...rule, primary: replaced(rule.primary), fallback: replaced(rule.fallback) };
}

function withoutModelInRegion(region: Region, tuned: TunedChoice): Region | undefined {
  if (region.default === undefined && region.types === undefined) return region;
  const types = mapEntries(region.types ?? {}, (rule) => differenceWithout(rule, tuned));
  const byDefault = region.default && differenceWithout(region.default, tuned);
  return regionWith({ ...(byDefault && { default: byDefault }) }, types);
}

/** Where the primary goes, the base model that backed it goes with it: the rule for every region takes over. */
function differenceWithout(rule: PartialRule, { model, base }: TunedChoice): PartialRule | undefined {
  if (!names(rule, model.modelId)) return rule;
  const { primary, fallback, ...rest } = rule;
  const keepsPrimary = primary !== undefined && primary.modelId !== model.modelId;
  const keepsFallback =
    fallback !== undefined &&
    fallback.modelId !== model.modelId &&
    (keepsPrimary || !isDeepStrictEqual(fallback, base));
  return unlessEmpty({ ...rest, ...(keepsPrimary && { primary }), ...(keepsFallback && { fallback }) });
}

function regionWith(region: Region, types: NonNullable<Region['types']>): Region | undefined {
  const { types: _, ...rest } = region;
  return unlessEmpty({ ...rest, ...(unlessEmpty(types) && { types }) });
}

function withRegions(config: ModelConfig, regions: NonNullable<ModelConfig['regions']>): ModelConfig {
  const { regions: _, ...rest } = config;
  return { ...rest, ...(unlessEmpty(regions) && { regions }) };
}

/** Deployments that are looked back through for the rules from before; AppConfig keeps many more. */
const LOOK_BACK = 50;

/** The regions whose ModelConfig names the model now. */
export async function regionsThatName(target: Target, modelId: string): Promise<readonly string[]> {
  const named = await Promise.all(
    (['secondary', 'primary'] as const).map(async (role) => {
      const store = await openStore(target, role);
      return mentions(readable(await store.newest()).config, modelId) ? [store.region] : [];
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
  const plans = await planRollOut(target, async ({ before, store }) => {
    const { config } = readable(before);
    return mentions(config, modelId)
      ? withdrawTuned(config, tuned, await configBefore(store, modelId, alive))
      : config;
  });
  await rollOut(target, plans, {
    description: `Serve nothing by a tuned model that is taken out of ${tuned.region}`,
    // What served before is known to be good.
    now: true,
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
    // What cannot be read has served nobody, or is gone.
    if (config !== undefined && !mentions(config, modelId)) {
      return ownModels(config).every((own) => alive.includes(own)) ? config : undefined;
    }
    looked += 1;
    if (looked >= LOOK_BACK) return undefined;
  }
  return undefined;
}
