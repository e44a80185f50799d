import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { readJson } from '../command/files';

/** @throws CommandError naming the file and the fields that are wrong */
export const readModelConfig = (file: string): ModelConfig =>
  readJson(file, modelConfigSchema, {
    what: 'ModelConfig',
    advice: 'One of the right form: contract/default-model-config.json.',
  });
