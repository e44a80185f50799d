import { randomFrom } from '../../../statistics/shuffle';
import type { Price } from '../../../benchmark/result/result';
import { INPUT_TOKENS, drawAnswer, type ModelLaw } from './simulated-model';

/** The true values of what a summary estimates. */
export interface Truth {
  readonly throttleRate: number;
  readonly errorRate: number;
  readonly totalMs: Quantiles;
  readonly ttftMs: Quantiles;
  readonly tokensPerSecond: Quantiles;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export type Quantiles = Readonly<Record<'mean' | 'p50' | 'p95' | 'p99', number>>;

/** Points of the standard normal distribution below which half, 95 % and 99 % of it lie. */
const NORMAL = { p50: 0, p95: 1.6448536269514722, p99: 2.3263478740408408 };

/** A sample so large that its own error is a small part of any interval under test. */
const LARGE = 100_000;

/** Means in closed form, quantiles from a large sample where there is none. */
export function truthOf(law: ModelLaw, price: Price): Truth {
  const { mu, sigma } = law.total;
  const at = (point: number): number => Math.exp(mu + sigma * point);
  const outputTokens = (law.outputTokens.min + law.outputTokens.max) / 2;
  const random = randomFrom(1);
  const answers = Array.from({ length: LARGE }, () => drawAnswer(law, random));
  const firstText = (law.firstText.min + law.firstText.max) / 2;
  const mean = Math.exp(mu + sigma ** 2 / 2);
  return {
    throttleRate: law.throttleRate,
    errorRate: law.errorRate,
    totalMs: { mean, p50: at(NORMAL.p50), p95: at(NORMAL.p95), p99: at(NORMAL.p99) },
    ttftMs: { mean: mean * firstText, ...quantilesOf(answers.map(({ ttftMs }) => ttftMs)) },
    tokensPerSecond: {
      mean: 1_000 * outputTokens * Math.exp(-mu + sigma ** 2 / 2),
      ...quantilesOf(answers.map((answer) => (1_000 * answer.outputTokens) / answer.totalMs)),
    },
    outputTokens,
    costUsd: (INPUT_TOKENS * price.input + outputTokens * price.output) / 1e6,
  };
}

function quantilesOf(samples: readonly number[]): Omit<Quantiles, 'mean'> {
  const sorted = Float64Array.from(samples).sort();
  const at = (share: number): number => sorted[Math.round(share * sorted.length)] ?? NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
