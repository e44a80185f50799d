/** A share of its checkers above which an endpoint is healthy; Route 53's own figure, "might change". */
const HEALTHY_SHARE = 0.18;

/** @param checkers what each one reports */
export const isEndpointHealthy = (checkers: readonly boolean[]): boolean =>
  checkers.filter(Boolean).length > checkers.length * HEALTHY_SHARE;

/** With a threshold of 0 a calculated check is always healthy, with one above the number of children never. */
export const isCalculatedHealthy = (children: readonly boolean[], threshold: number): boolean =>
  children.filter(Boolean).length >= threshold;

export interface Modifiers {
  readonly disabled: boolean;
  readonly inverted: boolean;
}

/**
 * The status that records and calculated checks go by. A disabled check counts as healthy, and inversion comes
 * after that: to stop traffic to what a disabled check stands for, AWS says to invert it.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
 */
export const effectiveHealth = (observed: boolean, { disabled, inverted }: Modifiers): boolean =>
  (disabled || observed) !== inverted;
