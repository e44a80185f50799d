import * as z from 'zod';
import { faultText } from '../../constructs/config/problem-of';
import { modelConfigFaults } from '../../contract/check-model-config';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { CommandError } from '../command/errors';
import { readJson } from '../command/files';

const KIND = {
  what: 'ModelConfig',
  advice: 'One of the right form: contract/default-model-config.json.',
};

/** @throws CommandError naming the file and the fields that are wrong */
export const readModelConfig = (file: string): ModelConfig => readJson(file, modelConfigSchema, KIND);

/**
 * All that is wrong with a file, by its fields; nothing where it can be deployed.
 * @throws CommandError for a file that is not to be read, or no JSON
 */
export const fileFaults = (file: string, placement: Placement): readonly string[] =>
  configFaults(readJson(file, z.unknown(), KIND), placement);

/** The same of what a file would hold. */
export function configFaults(value: unknown, placement: Placement): readonly string[] {
  const { data, error } = modelConfigSchema.safeParse(value);
  if (data) return faultsOf(data, placement);
  return error.issues.map(faultText);
}

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
export function newFaults(
  before: ModelConfig | undefined,
  after: ModelConfig,
  placement: Placement,
): readonly string[] {
  const known = before === undefined ? [] : faultsOf(before, placement);
  return faultsOf(after, placement).filter((fault) => !known.includes(fault));
}

/** @throws CommandError where the change would break something */
export function requireWorkable(
  before: ModelConfig | undefined,
  after: ModelConfig,
  placement: Placement,
): void {
  const faults = newFaults(before, after, placement);
  if (faults.length === 0) return;
  throw new CommandError(
    ['The ModelConfig could not work:', ...faults.map((fault) => `  ${fault}`)].join('\n'),
  );
}
