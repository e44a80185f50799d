import type { Estimate } from '../measure/statistics/estimate';
import { rate } from '../measure/statistics/rate';

/**
 * Mean of values in [0, 1], e.g. of scores by question, with Clopper's and Pearson's interval for a rate of the same
 * size: of all values in [0, 1] with a given mean, those that are either 0 or 1 vary most, so it covers at least as much
 * as for them. Resampling a dozen scores of which most are 1 would claim far more certainty than there is.
 * @throws RangeError without values
 */
export const boundedMean = (values: readonly number[]): Estimate =>
  rate(
    // Sums of thirds miss whole numbers by their last bits.
    Number(values.reduce((sum, value) => sum + value, 0).toFixed(9)),
    values.length,
  );
