import { effectiveChoices, modelConfigFaults } from '../../contract/check-model-config';
import { shippedModelConfig } from '../../contract/default-model-config';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { parseModelId } from '../../contract/model-id';
import { REGIONS } from '../../contract/regions';
import { faultText } from './problem-of';

const SHIPPED = 'contract/default-model-config.json';

interface Placement {
  readonly regions: { readonly primary: string; readonly secondary: string };
  readonly modelVendors: readonly string[];
  readonly modelGeography?: string | undefined;
}

/** A key of the configuration at which the deployed functions could not call the models that they are shipped with. */
export interface ShippedModelFault {
  /** Empty where the shipped rules themselves are at fault, whatever is configured. */
  readonly path: readonly string[];
  /** What is allowed there; or what is wrong with the shipped rules. */
  readonly allowed: string;
}

const unfit = (problem: string): ShippedModelFault => ({
  path: [],
  allowed: `${SHIPPED} cannot work: ${problem}`,
});

/** The first deployed ModelConfig degrades every answer of a region, or of all, that it does not fit. */
export function shippedModelFaults(
  { regions, modelVendors, modelGeography }: Placement,
  shipped: ModelConfig = shippedModelConfig(modelGeography),
): readonly ShippedModelFault[] {
  const { error } = modelConfigSchema.safeParse(shipped);
  if (error) return error.issues.map((issue) => unfit(faultText(issue)));
  const inUse = [regions.primary, regions.secondary].flatMap((region) => modelsOf(shipped, region));
  const models = [...new Set(inUse)].map((id) => ({ id, ...parseModelId(id) }));
  // What is no id of a model is told by its field, below.
  const serving = REGIONS.filter((region) =>
    modelsOf(shipped, region).every((id) => parseModelId(id)?.regions.includes(region) ?? true),
  );
  if (serving.length === 0)
    return [unfit(`there is no region with all of its models (${models.map(({ id }) => id).join(', ')})`)];
  const misplaced = (['primary', 'secondary'] as const)
    .filter((role) => REGIONS.includes(regions[role]) && !serving.includes(regions[role]))
    .map((role) => ({
      path: ['regions', role],
      allowed:
        `${serving.join(', ')}: from elsewhere, not all models of ${SHIPPED} can be called. For another region, set ` +
        'modelGeography, or name profiles of its geography there',
    }));
  const missing = models.filter(({ vendor }) => vendor !== undefined && !modelVendors.includes(vendor));
  const forbidden = missing.slice(0, 1).map(({ id, vendor = '' }) => ({
    path: ['modelVendors'],
    allowed: `a list with "${vendor}", whose ${id} is in ${SHIPPED}`,
  }));
  const placed = [...misplaced, ...forbidden];
  if (placed.length > 0) return placed;
  const use = { regions: [regions.primary, regions.secondary], vendors: modelVendors };
  return modelConfigFaults(shipped, use).map(({ field, problem }) => unfit(`${field} ${problem}`));
}

const modelsOf = (shipped: ModelConfig, region: string): readonly string[] =>
  effectiveChoices(shipped, region).map(({ choice }) => choice.modelId);
