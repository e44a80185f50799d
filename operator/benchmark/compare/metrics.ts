import { tokensPerSecondOf } from '../measure/statistics/summary';
import type { Estimate } from '../measure/statistics/rate';
import type { Figures } from '../figures/figures';
import type { ScoreOf } from '../figures/quality-figures';
import type { Call } from '../result/result';
import { meanStatistic, percentileStatistic, type Statistic } from './permutation-test';

export type Unit = 'ms' | 'tokens/s' | 'USD' | 'share';

/** A figure that two results are compared by. */
export interface Metric {
  readonly name: string;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  readonly estimate: (figures: Figures) => Estimate | null;
  /** What one call contributes; undefined: nothing. */
  readonly sample: (call: Call, scoreOf: ScoreOf) => number | undefined;
  readonly statistic: Statistic;
  /** What a unit of the samples is in units of the figure, for means over questions; other figures are not paired. */
  readonly pairedScale?: number;
}

const ifAnswered = (call: Call, value: number | null | undefined): number | undefined =>
  call.outcome === 'answered' ? (value ?? undefined) : undefined;

const latency = (percent: 50 | 95 | 99): Metric => ({
  name: `latency p${percent}`,
  unit: 'ms',
  better: 'lower',
  estimate: ({ totalMs }) => totalMs?.[`p${percent}`] ?? null,
  sample: (call) => ifAnswered(call, call.totalMs),
  statistic: percentileStatistic(percent),
});

const firstToken = (percent: 50 | 95): Metric => ({
  name: `first token p${percent}`,
  unit: 'ms',
  better: 'lower',
  estimate: ({ ttftMs }) => ttftMs?.[`p${percent}`] ?? null,
  sample: (call) => ifAnswered(call, call.ttftMs),
  statistic: percentileStatistic(percent),
});

const failure = (outcome: 'throttled' | 'error'): Metric => ({
  name: outcome === 'throttled' ? 'throttled' : 'errors',
  unit: 'share',
  better: 'lower',
  estimate: ({ throttleRate, errorRate }) => (outcome === 'throttled' ? throttleRate : errorRate),
  sample: (call) => (call.outcome === outcome ? 1 : 0),
  statistic: meanStatistic,
});

export const METRICS: readonly Metric[] = [
  latency(50),
  latency(95),
  latency(99),
  firstToken(50),
  firstToken(95),
  {
    name: 'tokens per second p50',
    unit: 'tokens/s',
    better: 'higher',
    estimate: ({ tokensPerSecond }) => tokensPerSecond?.p50 ?? null,
    sample: (call) => ifAnswered(call, tokensPerSecondOf(call)),
    statistic: percentileStatistic(50),
  },
  {
    name: 'cost of 1,000 answers',
    unit: 'USD',
    better: 'lower',
    estimate: ({ costUsd }) => perThousand(costUsd),
    sample: (call) => ifAnswered(call, call.costUsd),
    statistic: meanStatistic,
    pairedScale: 1_000,
  },
  failure('throttled'),
  failure('error'),
  {
    name: 'expectations met',
    unit: 'share',
    better: 'higher',
    estimate: ({ score }) => score,
    sample: (call, scoreOf) => scoreOf(call),
    statistic: meanStatistic,
    pairedScale: 1,
  },
];

/** @param costUsd of one answer */
export function perThousand(costUsd: Estimate | null): Estimate | null {
  if (costUsd === null) return null;
  const { value, interval } = costUsd;
  const times = (end: number | null): number | null => (end === null ? null : end * 1_000);
  return {
    value: value * 1_000,
    interval: { lower: times(interval.lower), upper: times(interval.upper), method: interval.method },
  };
}
