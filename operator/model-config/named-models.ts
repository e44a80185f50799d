import { AppConfigClient } from '@aws-sdk/client-appconfig';
import type { ModelChoice, ModelConfig } from '../../contract/model-config';
import { CommandError, describeError } from '../command/errors';
import { answersWithin, IN_NEED_MS, type Region as TargetRegion } from '../command/target';
import { ModelConfigStore, type ModelConfigNames } from './deployed-model-config';

/** What a region has different. */
export type Region = NonNullable<ModelConfig['regions']>[string];

/** A rule, or what a region has different from one. */
export type PartialRule = NonNullable<Region['default']>;

/** This account's own models have ARNs of these kinds. */
const OWN_MODEL = /^arn:[^:]*:bedrock:[^:]*:\d{12}:(?:custom-model-deployment|provisioned-model)\//;

const rulesOf = ({ default: byDefault, types = {} }: Region): readonly PartialRule[] => [
  ...(byDefault ? [byDefault] : []),
  ...Object.values(types),
];

const allRules = (config: ModelConfig): readonly PartialRule[] =>
  [config, ...Object.values(config.regions ?? {})].flatMap(rulesOf);

export const names = ({ primary, fallback }: PartialRule, modelId: string): boolean =>
  primary?.modelId === modelId || fallback?.modelId === modelId;

/** Whether any rule of the configuration names the model. */
export const mentions = (config: ModelConfig, modelId: string): boolean =>
  allRules(config).some((rule) => names(rule, modelId));

/** The request types whose own rules name the model, in any region. */
export function typesServedBy(config: ModelConfig, modelId: string): readonly string[] {
  const found = [config, ...Object.values(config.regions ?? {})].flatMap(({ types = {} }) =>
    Object.entries(types)
      .filter(([, rule]) => names(rule, modelId))
      .map(([type]) => type),
  );
  return [...new Set(found)];
}

/** All models of the configuration's rules, each as the rule has it. */
export const choicesOf = (config: ModelConfig): readonly ModelChoice[] =>
  allRules(config)
    .flatMap(({ primary, fallback }) => [primary, fallback])
    .filter((choice) => choice !== undefined);

/** The `modelId`s of this account's own models that the configuration names. */
export const ownModels = (config: ModelConfig): readonly string[] =>
  choicesOf(config)
    .map(({ modelId }) => modelId)
    .filter((modelId) => OWN_MODEL.test(modelId));

/** All models that the configuration's rules name. */
const namedModels = (config: ModelConfig): readonly string[] => [
  ...new Set(choicesOf(config).map(({ modelId }) => modelId)),
];

/** @throws CommandError unless the ModelConfig that is deployed in the region names the model */
export async function requireNamed(
  model: string,
  { region, appConfig }: Pick<TargetRegion, 'region' | 'appConfig'>,
  config: ModelConfigNames,
): Promise<void> {
  const client = new AppConfigClient({
    ...appConfig,
    requestHandler: answersWithin(IN_NEED_MS),
    maxAttempts: 2,
  });
  try {
    const store = await ModelConfigStore.open(client, region, config);
    const deployed = await store.newest();
    if (deployed.config === undefined)
      throw new CommandError(
        `Which models the rules name is not known, as they cannot be read: ${deployed.unreadable}. --force does without.`,
      );
    const named = namedModels(deployed.config);
    if (named.includes(model)) return;
    throw new CommandError(
      [
        `No rule in ${region} names the model ${model}. The rules name:`,
        ...named.map((name) => `  ${name}`),
        'Name one of them, or insist with --force.',
      ].join('\n'),
    );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      `Which models the rules in ${region} name could not be read. ${describeError(error)} --force does without.`,
      undefined,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
}
