import * as z from 'zod';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { problemOf, readJson } from '../command/files';
import { faultsOf } from './faults';

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
export const fileFaults = (file: string, placement: Parameters<typeof faultsOf>[1]): readonly string[] =>
  configFaults(readJson(file, z.unknown(), KIND), placement);

/** The same of what a file would hold. */
export function configFaults(value: unknown, placement: Parameters<typeof faultsOf>[1]): readonly string[] {
  const { data, error } = modelConfigSchema.safeParse(value);
  if (data) return faultsOf(data, placement);
  return error.issues.map((issue) => `${issue.path.map(String).join('.') || 'it'} ${problemOf(issue)}`);
}
