import { moveSeconds } from '../../contract/failover';

/** What a health check's interval and threshold mean for callers, for the bill and for `/health`. */
export interface FailoverTiming {
  readonly intervalSeconds: 10 | 30;
  readonly failureThreshold: number;
}

export interface FailoverArithmetic extends FailoverTiming {
  /** Until the last caller who respects the time to live has moved. */
  readonly worstSecondsToMove: number;
  /** Both regions together: the checks themselves, the requests that they make, and the canary. */
  readonly checksUsd: number;
  readonly requestsUsd: number;
  readonly canaryUsd: number;
  /** A month and region. */
  readonly healthRequests: number;
}

/** About as many checkers ask an endpoint, seen in access logs on AWS. */
const CHECKERS = 16;

const SECONDS_A_MONTH = 30 * 24 * 60 * 60;

/**
 * List prices in USD, us-east-1, as published in November 2026: they move, so look before you rely on them.
 * Route 53: a non-AWS endpoint check 0.75 a month, plus 2.00 for each of HTTPS and fast interval; calculated and
 * CloudWatch-metric checks 1.00. API Gateway REST 3.50, Step Functions Express 1.00 and Lambda 0.20 per million
 * requests, DynamoDB 0.125 per million reads; durations and log bytes come on top. A canary's answer is about 60 tokens in and 10 out.
 */
const PRICES = {
  endpoint: 0.75,
  option: 2,
  otherCheck: 1,
  perMillionHealthRequests: 3.5 + 1 + 0.2,
  perMillionSwitchRequests: 3.5 + 0.125,
  perCanary: (60 * 1 + 10 * 5) / 1_000_000 + (1 + 0.2) / 1_000_000,
};

/** Both regions' endpoint checks and the evacuation check are HTTPS checks; two more are not. */
const ENDPOINT_CHECKS = 3;
const OTHER_CHECKS = 2;

export function failoverArithmetic({
  intervalSeconds,
  failureThreshold,
}: FailoverTiming): FailoverArithmetic {
  const options = intervalSeconds === 10 ? 2 : 1;
  const healthRequests = (SECONDS_A_MONTH / intervalSeconds) * CHECKERS;
  const canaries = SECONDS_A_MONTH / 60;
  return {
    intervalSeconds,
    failureThreshold,
    worstSecondsToMove: moveSeconds({ healthCheck: { intervalSeconds, failureThreshold } }),
    checksUsd:
      ENDPOINT_CHECKS * (PRICES.endpoint + options * PRICES.option) + OTHER_CHECKS * PRICES.otherCheck,
    // Both regions' health is asked, and the standby's evacuation switch.
    requestsUsd:
      (healthRequests * (2 * PRICES.perMillionHealthRequests + PRICES.perMillionSwitchRequests)) / 1_000_000,
    canaryUsd: 2 * canaries * PRICES.perCanary,
    healthRequests,
  };
}
