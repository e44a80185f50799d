import { isDeepStrictEqual } from 'node:util';
import type { ModelChoice, ModelConfig, ModelRule } from '../../../contract/model-config';
import { names, typesServedBy, type PartialRule, type Region } from '../../model-config/named-models';
import { mapEntries, ownEntry, unlessEmpty } from './entries';
import { serveTuned } from './serve-tuned';
import type { TunedChoice } from './tuned-choice';

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
