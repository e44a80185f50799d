import { modelConfigFaults } from '../../contract/check-model-config';
import type { ModelConfig } from '../../contract/model-config';

interface Placement {
  readonly regions: { readonly primary: string; readonly secondary: string };
  readonly modelVendors: readonly string[];
}

/** Why a ModelConfig cannot work where the assistant runs, each fault with its field and what is allowed. */
export const faultsOf = (config: ModelConfig, { regions, modelVendors }: Placement): readonly string[] =>
  modelConfigFaults(config, { regions: [regions.primary, regions.secondary], vendors: modelVendors }).map(
    ({ field, problem }) => `${field} ${problem}`,
  );
