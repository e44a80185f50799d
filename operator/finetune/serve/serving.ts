/** What makes a tuned model invocable. */
export interface Serving {
  readonly kind: 'on-demand' | 'provisioned';
  /** The `modelId` that Converse is called with. */
  readonly arn: string;
  readonly name: string;
  readonly modelArn: string;
  readonly status: string;
  readonly failureMessage?: string | undefined;
}

/** Interval of a look at something that takes minutes, and how long it may take, on the target's clock. */
export const SERVING_INTERVAL_MS = 15_000;
export const SERVING_GIVE_UP_MS = 2 * 3_600_000;
