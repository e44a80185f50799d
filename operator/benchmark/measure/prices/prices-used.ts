import type { Price, PricesUsed } from '../../result/result';
import type { PriceFile } from './price-file';

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
  return [id, id.replace(GEOGRAPHY, '')]
    .filter((candidate) => Object.hasOwn(models, candidate))
    .map((candidate) => models[candidate])[0];
}

/**
 * Reads a price as it is given on a command line.
 * @param text `MODEL=INPUT,OUTPUT`, in US dollars per million tokens
 * @throws Error saying what it should look like
 */
export function parseGivenPrice(text: string): { readonly model: string; readonly price: Price } {
  const [, model = '', input = '', output = ''] = /^(.+)=(\d*\.?\d+),(\d*\.?\d+)$/.exec(text) ?? [];
  if (model === '') {
    throw new Error(
      `"${text}" is no price: write MODEL=INPUT,OUTPUT in US dollars per million tokens, e.g. my-model=0.5,2.`,
    );
  }
  return { model, price: { input: Number(input), output: Number(output) } };
}
