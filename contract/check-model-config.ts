import type { ModelChoice, ModelConfig, ModelRule } from './model-config';
import { catalogued, thinkingOf } from './model-catalogue';
import { parseModelId } from './model-id';

/** Where a ModelConfig is to be served. */
export interface ModelConfigUse {
  /** The regions that the assistant runs in. */
  readonly regions: readonly string[];
  /** Vendors whose models the functions may call: `modelVendors` in cdktf.json. */
  readonly vendors: readonly string[];
}

export interface ModelConfigFault {
  /** The field at fault, e.g. `types.general.primary.modelId`. */
  readonly field: string;
  /** What it is, and what is allowed. */
  readonly problem: string;
}

/**
 * What makes a ModelConfig of the right shape one that cannot work: each fault by its field, none twice. AppConfig's
 * validator knows the shape alone, since its JSON Schema relates no field to another.
 */
export function modelConfigFaults(config: ModelConfig, use: ModelConfigUse): readonly ModelConfigFault[] {
  const faults = [
    ...regionFaults(config, use),
    ...use.regions.flatMap((region) =>
      effectiveRules(config, region).flatMap((rule) => ruleFaults(rule, region, use)),
    ),
  ];
  return [...new Map(faults.map((fault) => [`${fault.field} ${fault.problem}`, fault])).values()];
}

const regionFaults = ({ regions = {} }: ModelConfig, use: ModelConfigUse): readonly ModelConfigFault[] =>
  Object.keys(regions)
    .filter((region) => !use.regions.includes(region))
    .map((region) => ({
      field: `regions.${region}`,
      problem: `is no region of the assistant; allowed: ${use.regions.join(', ')}`,
    }));

type Tier = 'primary' | 'fallback';
type RegionalRule = NonNullable<NonNullable<ModelConfig['regions']>[string]['default']>;

/** A model that a rule names, as a region has it. */
export interface EffectiveChoice {
  readonly tier: Tier;
  /** Where it comes from, e.g. `types.general.primary`. */
  readonly field: string;
  readonly choice: ModelChoice;
  readonly maxTokens: number;
}
type EffectiveRule = Readonly<Record<Tier, EffectiveChoice>>;

/** The models of all rules, as a region has them. */
export const effectiveChoices = (config: ModelConfig, region: string): readonly EffectiveChoice[] =>
  effectiveRules(config, region).flatMap(({ primary, fallback }) => [primary, fallback]);

/** Each rule as a region has it, its models by the field that they come from. */
function effectiveRules(config: ModelConfig, region: string): readonly EffectiveRule[] {
  const regional = config.regions?.[region];
  const types = new Set([...Object.keys(config.types), ...Object.keys(regional?.types ?? {})]);
  const ofDefault = laidOver(
    { at: 'default', rule: config.default },
    { at: `regions.${region}.default`, rule: regional?.default },
  );
  const ofTypes = [...types].map((type) => {
    const typed = config.types[type];
    const difference = { at: `regions.${region}.types.${type}`, rule: regional?.types?.[type] };
    if (typed !== undefined) return laidOver({ at: `types.${type}`, rule: typed }, difference);
    return laidOver({ at: 'default', rule: config.default }, difference);
  });
  return [ofDefault, ...ofTypes];
}

function laidOver(
  base: { readonly at: string; readonly rule: ModelRule },
  difference: { readonly at: string; readonly rule: RegionalRule | undefined },
): EffectiveRule {
  const from = (tier: Tier): EffectiveChoice => {
    const own = difference.rule?.[tier];
    const at = own === undefined ? base.at : difference.at;
    const choice = own ?? base.rule[tier];
    const maxTokens = choice.maxTokens ?? difference.rule?.maxTokens ?? base.rule.maxTokens;
    return { tier, field: `${at}.${tier}`, choice, maxTokens };
  };
  return { primary: from('primary'), fallback: from('fallback') };
}

function ruleFaults(
  { primary, fallback }: EffectiveRule,
  region: string,
  use: ModelConfigUse,
): readonly ModelConfigFault[] {
  const faults = [primary, fallback].flatMap((effective) => {
    const { modelId } = effective.choice;
    const problem = modelProblem(modelId, region, use);
    const refused = [
      ...(problem === undefined ? [] : [['modelId', `is "${modelId}"; ${problem}`] as const]),
      ...refusedParameters(effective),
    ];
    return refused.map(([name, told]) => ({ field: `${effective.field}.${name}`, problem: told }));
  });
  if (!isSameModel(primary.choice, fallback.choice)) return faults;
  const problem = `is "${fallback.choice.modelId}"; allowed: another model than ${primary.field}.modelId, with which it would fail`;
  return [...faults, { field: `${fallback.field}.modelId`, problem }];
}

/** By whatever profile it is called: a model that is away is so for both tiers. An ARN of one's own says only itself. */
const isSameModel = (one: ModelChoice, other: ModelChoice): boolean => {
  const [model, otherModel] = [one, other].map(({ modelId }) => parseModelId(modelId)?.model);
  return one.modelId === other.modelId || (model !== undefined && model === otherModel);
};

/** @returns what is allowed in place of a model that the functions of the region could not call */
function modelProblem(
  modelId: string,
  region: string,
  { vendors }: Pick<ModelConfigUse, 'vendors'>,
): string | undefined {
  const parsed = parseModelId(modelId);
  if (parsed === undefined) {
    return (
      'allowed: the id of a model or an inference profile, such as "us.amazon.nova-2-lite-v1:0", or the ARN of a ' +
      'foundation model, (application) inference profile, custom model deployment or provisioned model'
    );
  }
  const { vendor, regions, model = '' } = parsed;
  const { goneSince } = catalogued(model);
  if (goneSince !== undefined) return `allowed: a model that is not gone, as this one is since ${goneSince}`;
  if (vendor !== undefined && !vendors.includes(vendor)) {
    return (
      `allowed: models of ${vendors.join(', ')}, which modelVendors in cdktf.json names; to use another vendor, ` +
      'add it there and deploy the regions, the standby first'
    );
  }
  if (regions.includes(region)) return undefined;
  return `allowed in ${region}: a model that is called from there, which this one is from ${regions.join(', ') || 'nowhere'} alone`;
}

/** What a model is known to refuse would fail every call, and the next tier would have to answer for ever. */
function refusedParameters({
  choice,
  maxTokens,
}: EffectiveChoice): readonly (readonly [parameter: string, problem: string])[] {
  const { inference = {} } = choice;
  const { refusesSampling, thinking } = catalogued(parseModelId(choice.modelId)?.model ?? '');
  const sampling = refusesSampling ? (['temperature', 'topP'] as const) : [];
  const { type, budgetTokens = 0 } = thinkingOf(choice);
  return [
    ...sampling
      .filter((name) => inference[name] !== undefined)
      .map((name) => [`inference.${name}`, `is ${String(inference[name])}; allowed: left out`] as const),
    ...(budgetTokens >= maxTokens
      ? [
          [
            'additionalModelRequestFields.thinking.budget_tokens',
            `is ${budgetTokens}; allowed: less than the ${maxTokens} of maxTokens, which it is a part of`,
          ] as const,
        ]
      : []),
    ...(thinking === 'always' && type === 'disabled'
      ? [
          [
            'additionalModelRequestFields.thinking',
            'is off; allowed: left out, or a low effort: the model cannot be told not to think',
          ] as const,
        ]
      : []),
  ];
}
