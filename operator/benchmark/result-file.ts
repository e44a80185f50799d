import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { qualitySchema } from './quality/quality';
import { benchmarkResultSchema } from './result/result';

/**
 * What `results/benchmark-<id>.json` holds: the measured calls and what their answers are worth. The summaries that
 * stand beside them are for other readers: this program always computes them anew.
 */
const judgedResultSchema = benchmarkResultSchema.extend({ quality: qualitySchema });
export type JudgedResult = z.infer<typeof judgedResultSchema>;

/** @throws Error naming the file and what is wrong in it, without quoting an answer */
export function readResultFile(file: string): JudgedResult {
  const text = readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: name the .json file that a benchmark has written.`, {
      cause: error,
    });
  }
  const parsed = judgedResultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(`${file} is no benchmark's result:\n${z.prettifyError(parsed.error)}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`The result file ${file} cannot be read (${code}).`, { cause: error });
  }
}
