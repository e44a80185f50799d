import { defaultModelConfig } from '../../contract/default-model-config';
import { CANARY_MAX_TOKENS, moveSeconds } from '../../contract/failover';
import { MODEL_CATALOGUE } from '../../contract/model-catalogue';
import { parseModelId } from '../../contract/model-id';
import { selectRule } from '../../contract/select-rule';
import prices from '../../operator/benchmark/prices.json';

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

/** About as many checkers ask an endpoint, seen in access logs on AWS. */
const CHECKERS = 16;

const SECONDS_A_MONTH = 30 * 24 * 60 * 60;

/**
 * List prices in USD, us-east-1, as published in November 2026: they move, so look before you rely on them.
 * Route 53: a non-AWS endpoint check 0.75 a month, plus 2.00 for each of HTTPS and fast interval; calculated and
 * CloudWatch-metric checks 1.00. API Gateway REST 3.50, Step Functions Express 1.00 and Lambda 0.20 per million
 * requests, DynamoDB 0.125 per million reads; durations and log bytes come on top.
 */
const PRICES = {
  endpoint: 0.75,
  option: 2,
  otherCheck: 1,
  perMillionHealthRequests: 3.5 + 1 + 0.2,
  perMillionSwitchRequests: 3.5 + 0.125,
  perMillionExecutions: 1 + 0.2,
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
  return {
    intervalSeconds,
    failureThreshold,
    worstSecondsToMove: moveSeconds({ healthCheck: { intervalSeconds, failureThreshold } }),
    checksUsd:
      ENDPOINT_CHECKS * (PRICES.endpoint + options * PRICES.option) + OTHER_CHECKS * PRICES.otherCheck,
    // Both regions' health is asked, and the standby's evacuation switch.
    requestsUsd:
      (healthRequests * (2 * PRICES.perMillionHealthRequests + PRICES.perMillionSwitchRequests)) / 1_000_000,
    healthRequests,
  };
}

/** Of the question; a character is about a quarter of a token, and newer Claude models count a third more. */
const QUESTION_TOKENS = 10;
const TOKENS_A_CHARACTER = 0.33;

/** Of the answer "OK", and of what a model thinks that cannot be told not to: little, at a low effort. */
const ANSWER_TOKENS = 10;
const THINKING_TOKENS = 100;

export interface CanaryPrice {
  readonly type: string;
  readonly modelId: string;
  /** USD a month for both regions together, while the primary model answers. */
  readonly usd: number;
  /** If it always said as much as it may. */
  readonly mostUsd: number;
}

/** What a request type costs that the canary asks once a minute, by the shipped rules and the dated price file. */
export function canaryPrice(type: string, region: string): CanaryPrice {
  const { systemPrompt, primary } = selectRule(defaultModelConfig, region, type);
  const { modelId } = primary;
  const price = (prices.models as Readonly<Record<string, { input: number; output: number }>>)[modelId];
  if (price === undefined) throw new Error(`prices.json has no price of ${modelId}.`);
  const thinks = MODEL_CATALOGUE[parseModelId(modelId)?.model ?? '']?.thinking === 'always';
  const input = systemPrompt.length * TOKENS_A_CHARACTER + QUESTION_TOKENS;
  const usdFor = (output: number) => {
    const perMillion = input * price.input + output * price.output + PRICES.perMillionExecutions;
    return (2 * (SECONDS_A_MONTH / 60) * perMillion) / 1_000_000;
  };
  return {
    type,
    modelId,
    usd: usdFor(ANSWER_TOKENS + (thinks ? THINKING_TOKENS : 0)),
    mostUsd: usdFor(CANARY_MAX_TOKENS),
  };
}
