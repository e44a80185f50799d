import { moveSeconds } from '../../contract/failover';
import { SECONDS_A_MONTH } from '../../operator/cost/canary-price';
import { ASSUMED } from '../../operator/cost/monthly-cost';
import { usdFor, type PriceName } from '../../operator/cost/prices';

/** What a health check's interval and threshold mean for callers, for the bill and for `/health`. */
export interface FailoverTiming {
  readonly intervalSeconds: 10 | 30;
  readonly failureThreshold: number;
}

export interface FailoverArithmetic extends FailoverTiming {
  /** Until the last caller who respects the time to live has moved. */
  readonly worstSecondsToMove: number;
  /** Both regions together: the checks themselves, and the requests that they make. */
  readonly checksUsd: number;
  readonly requestsUsd: number;
  /** A month and region. */
  readonly healthRequests: number;
}

/** What a probe of each kind takes; durations and log bytes come on top. */
const PER_HEALTH_REQUEST = ['apiGatewayRequests', 'stepFunctionsRequests', 'lambdaRequests'] as const;
const PER_SWITCH_REQUEST = ['apiGatewayRequests', 'dynamoDbReads'] as const;

/** Both regions' endpoint checks and the evacuation check are HTTPS checks; two more are not. */
const ENDPOINT_CHECKS = 3;
const OTHER_CHECKS = 2;

export function failoverArithmetic({
  intervalSeconds,
  failureThreshold,
}: FailoverTiming): FailoverArithmetic {
  const options = intervalSeconds === 10 ? 2 : 1;
  const healthRequests = (SECONDS_A_MONTH / intervalSeconds) * ASSUMED.checkers;
  return {
    intervalSeconds,
    failureThreshold,
    worstSecondsToMove: moveSeconds({ healthCheck: { intervalSeconds, failureThreshold } }),
    checksUsd:
      usdFor('healthChecks', ENDPOINT_CHECKS) +
      usdFor('healthCheckOptions', ENDPOINT_CHECKS * options) +
      usdFor('otherHealthChecks', OTHER_CHECKS),
    // Both regions' health is asked, and the standby's evacuation switch.
    requestsUsd:
      2 * usdForEach(PER_HEALTH_REQUEST, healthRequests) + usdForEach(PER_SWITCH_REQUEST, healthRequests),
    healthRequests,
  };
}

const usdForEach = (names: readonly PriceName[], quantity: number): number =>
  names.reduce((all, name) => all + usdFor(name, quantity), 0);
