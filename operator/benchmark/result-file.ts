import type { z } from 'zod';
import { readJson } from '../command/files';
import { qualitySchema } from './quality/quality';
import { benchmarkResultSchema } from './result/result';

/**
 * What `results/benchmark-<id>.json` holds: the measured calls and what their answers are worth. The summaries that
 * stand beside them are for other readers: this program always computes them anew.
 */
const judgedResultSchema = benchmarkResultSchema.extend({ quality: qualitySchema });
export type JudgedResult = z.infer<typeof judgedResultSchema>;

/** @throws CommandError naming the file and what is wrong in it, without quoting an answer */
export const readResultFile = (file: string): JudgedResult =>
  readJson(file, judgedResultSchema, {
    what: 'result of a benchmark',
    advice: 'Name the .json file that `benchmark run` has written.',
  });
