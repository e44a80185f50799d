import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { faultsText } from '../../command/files';
import { priceSchema, type Price, type PricesUsed } from '../result/result';

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

const PRICE_FILE = join(__dirname, '..', 'prices.json');

/** @throws Error naming the file and what is wrong in it */
export function readPriceFile(file = PRICE_FILE): PriceFile {
  try {
    return priceFileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? faultsText(error.issues) : String(error);
    throw new Error(`The price file ${file} cannot be read: ${reason}`, { cause: error });
  }
}

/** Prefix of a cross-region inference profile's id: where requests may be served. */
const GEOGRAPHY = /^(?:us-gov|us|eu|apac|jp|au|ca|sa|me|af|global)\./;
/** ARNs whose last part is the id of a profile or a model; other resources' ids say nothing of their model. */
const ARN = /^arn:[^:]+:bedrock:[^:]*:[^:]*:(?:inference-profile|foundation-model)\/(.+)$/;

/** @param given prices that win over the file's, by model as the plan names it */
export function pricesUsed(
  models: readonly string[],
  file: PriceFile,
  given: Readonly<Record<string, Price>> = {},
): PricesUsed {
  const entryFor = (model: string): PricesUsed['entries'][string] => {
    const own = Object.hasOwn(given, model) ? given[model] : undefined;
    if (own) return { ...own, from: 'given' };
    const listed = lookUp(model, file);
    return listed ? { ...listed, from: 'file' } : null;
  };
  const entries = Object.fromEntries(models.map((model) => [model, entryFor(model)]));
  return { date: file.date, source: file.source, entries };
}

function lookUp(model: string, { models }: PriceFile): Price | undefined {
  const id = ARN.exec(model)?.[1] ?? model;
  const listed = [id, id.replace(GEOGRAPHY, '')].find((candidate) => Object.hasOwn(models, candidate));
  return listed === undefined ? undefined : models[listed];
}

const AMOUNT = String.raw`(\d*\.?\d+)`;
const GIVEN = new RegExp(`^(.+)=${AMOUNT},${AMOUNT}(?:,${AMOUNT},${AMOUNT})?$`);

/**
 * Reads a price as it is given on a command line.
 * @param text `MODEL=INPUT,OUTPUT` or `MODEL=INPUT,OUTPUT,CACHE_READ,CACHE_WRITE`, in US dollars per million tokens
 * @throws Error saying what it should look like
 */
export function parseGivenPrice(text: string): { readonly model: string; readonly price: Price } {
  const [, model = '', ...amounts] = GIVEN.exec(text) ?? [];
  if (model === '') {
    throw new Error(
      `"${text}" is no price: write MODEL=INPUT,OUTPUT, or MODEL=INPUT,OUTPUT,CACHE_READ,CACHE_WRITE, in US dollars per million tokens, e.g. my-model=0.5,2.`,
    );
  }
  const [input = NaN, output = NaN, cacheRead, cacheWrite] = amounts
    .filter((amount) => (amount as string | undefined) !== undefined)
    .map(Number);
  const cache = cacheRead === undefined || cacheWrite === undefined ? {} : { cacheRead, cacheWrite };
  return { model, price: { input, output, ...cache } };
}
