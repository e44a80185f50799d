import * as z from 'zod';
import { BYTES_PER_TOKEN } from './record/check-record';
import prices from './training-prices.json';

const PRICES = z
  .strictObject({
    /** When the prices were last compared with their sources: `YYYY-MM-DD`. */
    reviewed: z.iso.date(),
    /** Where AWS publishes them. */
    source: z.string(),
    models: z.record(
      z.string(),
      z.strictObject({ usdPerThousandTokens: z.number().positive(), source: z.string() }),
    ),
  })
  .parse(prices);

export interface TrainingCost {
  /** Of one epoch, estimated. */
  readonly tokens: number;
  readonly epochs: number;
  /** Undefined where the price is unknown. */
  readonly usd: number | undefined;
  readonly usdPerThousandTokens: number | undefined;
  /** `YYYY-MM-DD` */
  readonly pricesAsOf: string;
  /** Of the price; where AWS publishes prices, where it is unknown. */
  readonly source: string;
}

/**
 * What training costs by estimate: tokens × epochs × price. The tuned model's storage and its calls come on top.
 * @param textBytes of all texts, in UTF-8
 * @param model id of the base model
 */
export function estimateTrainingCost(
  textBytes: number,
  model: string | undefined,
  epochs: number,
): TrainingCost {
  const tokens = Math.ceil(textBytes / BYTES_PER_TOKEN);
  const known = model === undefined ? undefined : PRICES.models[model];
  const price = known?.usdPerThousandTokens;
  return {
    tokens,
    epochs,
    usd: price === undefined ? undefined : (tokens * epochs * price) / 1_000,
    usdPerThousandTokens: price,
    pricesAsOf: PRICES.reviewed,
    source: known?.source ?? PRICES.source,
  };
}
