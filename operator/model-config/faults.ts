import { modelConfigFaults } from '../../contract/check-model-config';
import type { ModelConfig } from '../../contract/model-config';
import { CommandError } from '../command/errors';

interface Placement {
  readonly regions: { readonly primary: string; readonly secondary: string };
  readonly modelVendors: readonly string[];
}

/** Why a ModelConfig cannot work where the assistant runs, each fault with its field and what is allowed. */
export const faultsOf = (config: ModelConfig, { regions, modelVendors }: Placement): readonly string[] =>
  modelConfigFaults(config, { regions: [regions.primary, regions.secondary], vendors: modelVendors }).map(
    ({ field, problem }) => `${field} ${problem}`,
  );

/** What a change would break; a fault that was there before is none of its. */
export function newFaults(before: ModelConfig, after: ModelConfig, placement: Placement): readonly string[] {
  const known = faultsOf(before, placement);
  return faultsOf(after, placement).filter((fault) => !known.includes(fault));
}

/** @throws CommandError where the change would break something */
export function requireWorkable(before: ModelConfig, after: ModelConfig, placement: Placement): void {
  const faults = newFaults(before, after, placement);
  if (faults.length === 0) return;
  throw new CommandError(
    ['The ModelConfig could not work:', ...faults.map((fault) => `  ${fault}`)].join('\n'),
  );
}
