import type { ModelChoice } from '../../../contract/model-config';

/** A tuned model that can be invoked, and what stands in for it where it cannot. */
export interface TunedChoice {
  /** The one region that serves it. */
  readonly region: string;
  /** Its deployment or provisioned throughput: `modelId` is an ARN. */
  readonly model: ModelChoice;
  /** The model that it was tuned from, as every region serves it. */
  readonly base: ModelChoice;
}
