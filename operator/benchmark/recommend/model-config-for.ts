import { DEFAULT_REQUEST_TYPE } from '../../../contract/question';
import { modelConfigSchema, type ModelChoice, type ModelConfig } from '../../../contract/model-config';
import { MODEL_CATALOGUE } from '../../../contract/model-catalogue';
import { parseModelId } from '../../../contract/model-id';
import { TUNABLE_MODELS } from '../../../contract/tunable-models';
import { configuredChoice } from '../questions/as-served';
import type { Plan } from '../result/plan';
import type { Choice } from './recommend';

/** A configuration to deploy, and what to know of it. */
interface ModelConfigProposal {
  readonly config: ModelConfig;
  readonly notes: readonly string[];
}

/**
 * The ModelConfig with the recommended models; all else stays as it is in `base`. The rule of `general` is also the
 * default one, for types without a rule. Differences of the measured regions that would replace a recommended model
 * are taken out.
 * @throws Error where the result is no valid ModelConfig
 */
export function modelConfigFor(
  choices: readonly Choice[],
  base: ModelConfig,
  { regions, inference }: Pick<Plan, 'regions' | 'inference'>,
): ModelConfigProposal {
  const notes: string[] = [];
  const chosen = (modelId: string): ModelChoice => {
    const {
      inference: _i,
      maxTokens: _m,
      additionalModelRequestFields: _f,
      ...known
    } = configuredChoice(modelId, base) ?? { modelId };
    const contextTokens = known.contextTokens ?? cataloguedContext(modelId);
    if (contextTokens === undefined) {
      notes.push(
        `The context window of ${modelId} is not known here: add its contextTokens, so that long input finds it.`,
      );
    }
    // What was measured is what is deployed.
    const { maxTokens, additionalModelRequestFields, ...parameters } = inference[modelId] ?? {};
    return withoutUndefined({
      ...{ ...known, contextTokens, maxTokens, additionalModelRequestFields },
      ...(Object.keys(parameters).length > 0 && { inference: parameters }),
    });
  };
  const types = new Map(
    choices.map(({ type, primary, fallback }) => {
      const rule = base.types[type] ?? base.default;
      return [
        type,
        { ...rule, primary: chosen(primary.figures.model), fallback: chosen(fallback.figures.model) },
      ];
    }),
  );
  const general = types.get(DEFAULT_REQUEST_TYPE);
  const config = {
    ...base,
    default: general
      ? { ...base.default, primary: general.primary, fallback: general.fallback }
      : base.default,
    types: { ...base.types, ...Object.fromEntries(types) },
    ...(base.regions && { regions: withoutOverrides(base.regions, regions, [...types.keys()], notes) }),
  };
  return { config: modelConfigSchema.parse(config), notes: [...new Set(notes)] };
}

const cataloguedContext = (modelId: string): number | undefined =>
  MODEL_CATALOGUE[parseModelId(modelId)?.model ?? '']?.contextTokens ??
  TUNABLE_MODELS.find(({ servedAs }) => servedAs.modelId === modelId)?.servedAs.contextTokens;

type Regions = NonNullable<ModelConfig['regions']>;

function withoutOverrides(
  all: Regions,
  measured: readonly string[],
  types: readonly string[],
  notes: string[],
): Regions {
  const strip = (region: string, regional: Regions[string]): Regions[string] => ({
    ...regional,
    types: Object.fromEntries(
      Object.entries(regional.types ?? {}).map(([type, difference]) => {
        if (!types.includes(type)) return [type, difference];
        const { primary, fallback, ...rest } = difference;
        if (primary ?? fallback)
          notes.push(`The own models of ${region} for ${type} were taken out of "regions".`);
        return [type, rest];
      }),
    ),
  });
  return Object.fromEntries(
    Object.entries(all).map(([region, regional]) => [
      region,
      measured.includes(region) ? strip(region, regional) : regional,
    ]),
  );
}

/** JSON has none either. */
const withoutUndefined = <T extends object>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
