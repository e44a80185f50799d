import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { priceSchema } from '../../result/result';

/**
 * Prices as they were listed on a day, in US dollars per million tokens. A model id without a geography's prefix
 * stands for all its profiles that have no entry of their own.
 */
const priceFileSchema = z.strictObject({
  date: z.iso.date(),
  source: z.string().min(1),
  models: z.record(z.string(), priceSchema),
});
export type PriceFile = z.infer<typeof priceFileSchema>;

export const PRICE_FILE = join(__dirname, '..', '..', 'prices.json');

/** @throws Error naming the file and what is wrong in it */
export function readPriceFile(file = PRICE_FILE): PriceFile {
  try {
    return priceFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The price file ${file} cannot be read: ${reason}`, { cause: error });
  }
}
