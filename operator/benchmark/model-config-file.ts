import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';

/** @throws Error naming the file and the fields that are wrong */
export function readModelConfig(file: string): ModelConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code = 'it is no JSON' } = error as NodeJS.ErrnoException;
    throw new Error(`The ModelConfig ${file} cannot be read (${code}).`, { cause: error });
  }
  const parsed = modelConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is no ModelConfig:\n${z.prettifyError(parsed.error)}`);
}
