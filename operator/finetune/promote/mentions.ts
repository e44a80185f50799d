import type { ModelConfig } from '../../../contract/model-config';

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

/** The `modelId`s of this account's own models that the configuration names. */
export const ownModels = (config: ModelConfig): readonly string[] =>
  allRules(config)
    .flatMap(({ primary, fallback }) => [primary, fallback])
    .flatMap((choice) => (choice && OWN_MODEL.test(choice.modelId) ? [choice.modelId] : []));
