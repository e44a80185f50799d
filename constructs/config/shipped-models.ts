import { modelConfigFaults } from '../../contract/check-model-config';
import { shippedModelConfig } from '../../contract/default-model-config';
import type { ModelConfig } from '../../contract/model-config';
import { parseModelId } from '../../contract/model-id';
import { REGIONS } from '../../contract/regions';

const SHIPPED = 'contract/default-model-config.json';

interface Placement {
  readonly regions: { readonly primary: string; readonly secondary: string };
  readonly modelVendors: readonly string[];
  readonly modelGeography?: string | undefined;
}

/** A key of the configuration at which the deployed functions could not call the models that they are shipped with. */
export interface PlacementFault {
  readonly path: readonly string[];
  readonly allowed: string;
}

/** The first deployed ModelConfig degrades every answer of a region, or of all, that it does not fit. */
export function shippedModelFaults(
  { regions, modelVendors, modelGeography }: Placement,
  shipped: ModelConfig = shippedModelConfig(modelGeography),
): readonly PlacementFault[] {
  const models = modelsOf(shipped).map((id) => ({ id, ...parseModelId(id) }));
  const serving = REGIONS.filter((region) => models.every((model) => model.regions?.includes(region)));
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
  return modelConfigFaults(shipped, use).map(({ field, problem }) => ({
    path: [],
    allowed: `a ${SHIPPED} that can work: its ${field} ${problem}`,
  }));
}

function modelsOf({ default: rule, types }: ModelConfig): readonly string[] {
  const rules = [rule, ...Object.values(types)];
  return [...new Set(rules.flatMap(({ primary, fallback }) => [primary.modelId, fallback.modelId]))];
}
