import { tokensPerSecondOf } from '../measure/statistics/summary';
import { rate, type Estimate } from '../measure/statistics/rate';
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
  /** What it is a mean of, over questions that both results have asked; other figures are not paired. */
  readonly paired?: 'amounts' | 'shares';
  /** Whether people decide by it, so that its difference is tested. */
  readonly isPrimary?: true;
}

const ifAnswered = (call: Call, value: number | undefined): number | undefined =>
  call.outcome === 'answered' ? value : undefined;

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
  { ...latency(50), isPrimary: true },
  { ...latency(95), isPrimary: true },
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
    sample: ({ outcome, costUsd }) =>
      outcome === 'answered' && costUsd !== null ? costUsd * 1_000 : undefined,
    statistic: meanStatistic,
    ...{ paired: 'amounts', isPrimary: true },
  },
  {
    name: 'throttled or failed',
    unit: 'share',
    better: 'lower',
    estimate: ({ calls, answered }) => rate(calls - answered, calls),
    sample: ({ outcome }) => (outcome === 'answered' ? 0 : 1),
    statistic: meanStatistic,
    isPrimary: true,
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
    ...{ paired: 'shares', isPrimary: true },
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
