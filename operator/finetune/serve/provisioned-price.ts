import * as z from 'zod';
import prices from './provisioned-prices.json';

/** For how long the units are paid for, used or not. */
export type Commitment = 'none' | '1m' | '6m';

const unitHour = z.number().positive().optional();
const PRICES = z
  .strictObject({
    /** `YYYY-MM-DD` */
    asOf: z.iso.date(),
    source: z.string(),
    /** By base model and commitment; AWS publishes few, and a price that is not known is left out. */
    usdPerUnitHour: z.record(z.string(), z.strictObject({ none: unitHour, '1m': unitHour, '6m': unitHour })),
  })
  .parse(prices);

const HOURS_PER_MONTH = 730;

/**
 * What provisioned throughput costs, or that its price is not known.
 * @param usdPerUnitHour as the operator was quoted; default: the published price
 */
export function describeProvisionedPrice(
  model: string,
  units: number,
  commitment: Commitment,
  usdPerUnitHour = PRICES.usdPerUnitHour[model]?.[commitment],
): string {
  const bound =
    commitment === 'none' ? 'until it is deleted' : `for ${parseInt(commitment)} month(s), used or not`;
  if (usdPerUnitHour === undefined) {
    return (
      `${units} model unit(s) of ${model} are paid by the hour ${bound}; the price is not known here ` +
      `(${PRICES.asOf}): see ${PRICES.source}.`
    );
  }
  const hourly = units * usdPerUnitHour;
  return (
    `${units} model unit(s) of ${model} cost ${hourly.toFixed(2)} USD an hour, about ` +
    `${Math.round(hourly * HOURS_PER_MONTH)} USD a month, ${bound}.`
  );
}
