import type { DatasetReport } from '../dataset/dataset-report';
import { estimateTrainingCost } from '../dataset/training-cost';
import type { JobWish } from './customization-request';
import { epochsOf } from './hyperparameters';

/** What the job costs by estimate, or that the price is unknown. */
export function describeCost({ base, hyperparameters }: JobWish, report: DatasetReport): readonly string[] {
  const epochs = epochsOf(base, hyperparameters);
  const { tokens, usd, pricesAsOf, source } = estimateTrainingCost(report.characters, base.id, epochs);
  const size = `${tokens} tokens × ${epochs} epochs`;
  return usd === undefined
    ? [`Cost: about ${size}; the price of ${base.id} is not known here. See ${source}.`]
    : [
        `Cost: about ${usd.toFixed(2)} USD to train (${size}, prices of ${pricesAsOf}), and storage by the month.`,
      ];
}
