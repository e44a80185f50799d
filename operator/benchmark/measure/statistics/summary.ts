import type { Api } from '../../result/plan';
import type { Call } from '../../result/result';
import { type Estimate, rate } from './rate';
import { mean, type MeanOptions } from './mean';
import { quantile } from './quantile';
import { countsOf } from '../../../statistics/group-by';

/** Of answered calls. */
export interface Distribution {
  readonly samples: number;
  readonly mean: Estimate;
  readonly p50: Estimate;
  readonly p95: Estimate;
  readonly p99: Estimate;
}

/** The measured calls of a model in a region by an API: of one request type, or of all. */
export interface Summary {
  readonly model: string;
  readonly region: string;
  readonly api: Api;
  /** null: all request types together. */
  readonly type: string | null;
  readonly calls: number;
  readonly answered: number;
  /** Of all calls; they are in no latency. */
  readonly throttleRate: Estimate;
  readonly errorRate: Estimate;
  /** Milliseconds; null without samples, as are all that follow. */
  readonly totalMs: Distribution | null;
  /** To the first piece of text of a stream. */
  readonly ttftMs: Distribution | null;
  /** A call's reported output tokens by its total latency. */
  readonly tokensPerSecond: Distribution | null;
  /** Those read from a cache or written to it included. */
  readonly inputTokens: Estimate | null;
  readonly outputTokens: Estimate | null;
  /** Mean cost of an answered call in US dollars; null also without a price. */
  readonly costUsd: Estimate | null;
  /** How often each came. */
  readonly stopReasons: Readonly<Record<string, number>>;
  readonly errorNames: Readonly<Record<string, number>>;
}

/**
 * @param type null: all
 * @param options with the plan's seed, so that a result always has the same summaries
 */
export function summaryOf(
  calls: readonly [Call, ...Call[]],
  type: string | null,
  options: MeanOptions,
): Summary {
  const { model, region, api } = calls[0];
  const answered = calls.filter(({ outcome }) => outcome === 'answered');
  const count = (outcome: Call['outcome']): number => calls.filter((call) => call.outcome === outcome).length;
  const samplesOf = (read: (call: Call) => number | null | undefined): readonly number[] =>
    answered.map(read).filter((value) => typeof value === 'number');
  const distributionOf = (read: (call: Call) => number | undefined): Distribution | null =>
    distribution(samplesOf(read), options);
  const meanOf = (read: (call: Call) => number | null | undefined): Estimate | null => {
    const samples = samplesOf(read);
    return samples.length === 0 ? null : mean(samples, options);
  };
  return {
    model,
    region,
    api,
    type,
    calls: calls.length,
    answered: answered.length,
    throttleRate: rate(count('throttled'), calls.length),
    errorRate: rate(count('error'), calls.length),
    totalMs: distributionOf(({ totalMs }) => totalMs),
    ttftMs: distributionOf(({ ttftMs }) => ttftMs),
    tokensPerSecond: distributionOf(tokensPerSecondOf),
    inputTokens: meanOf(({ inputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 }) =>
      inputTokens === undefined ? undefined : inputTokens + cacheReadTokens + cacheWriteTokens,
    ),
    outputTokens: meanOf(({ outputTokens }) => outputTokens),
    costUsd: meanOf(({ costUsd }) => costUsd),
    stopReasons: countsOf(answered.flatMap(({ stopReason }) => stopReason ?? [])),
    errorNames: countsOf(calls.flatMap(({ errorName }) => errorName ?? [])),
  };
}

/** Undefined where Bedrock reported no tokens. */
export const tokensPerSecondOf = ({ outputTokens, totalMs }: Call): number | undefined =>
  outputTokens === undefined || totalMs === 0 ? undefined : (outputTokens * 1_000) / totalMs;

/** @returns null without samples */
export function distribution(samples: readonly number[], options: MeanOptions): Distribution | null {
  if (samples.length === 0) return null;
  const sorted = Float64Array.from(samples).sort();
  return {
    samples: sorted.length,
    mean: mean(sorted, options),
    p50: quantile(sorted, 50),
    p95: quantile(sorted, 95),
    p99: quantile(sorted, 99),
  };
}
