import { scoresByCall } from '../figures/quality-figures';
import { groupBy } from '../../statistics/group-by';
import type { JudgedResult } from '../result-file';
import type { Call } from '../result/result';
import type { Metric } from './metrics';
import { inBoth, type Pair, type Stratum } from './permutation-test';
import { meanOf } from '../../statistics/mean';

export type Both = readonly [before: JudgedResult, after: JudgedResult];

/** The calls that both have made by the same model, region, API and question. */
export function inCommon(one: JudgedResult, other: JudgedResult): Both {
  const keyOf = ({ model, region, api, questionId }: Call): string =>
    JSON.stringify([model, region, api, questionId]);
  const made = (result: JudgedResult): Set<string> =>
    new Set(result.calls.filter(({ warmup }) => !warmup).map(keyOf));
  const [ofOne, ofOther] = [made(one), made(other)];
  const keep = (result: JudgedResult): JudgedResult => ({
    ...result,
    calls: result.calls.filter((call) => ofOne.has(keyOf(call)) && ofOther.has(keyOf(call))),
  });
  return [keep(one), keep(other)];
}

export const ALL_REGIONS = 'all regions';

/** The calls by Converse, or where there are none by ConverseStream, as if they had been made in one region. */
export function allRegions(result: JudgedResult): JudgedResult {
  const api = result.calls.some((call) => call.api === 'converse') ? 'converse' : 'converse-stream';
  const calls = result.calls.filter((call) => call.api === api);
  return { ...result, calls: calls.map((call) => ({ ...call, region: ALL_REGIONS })) };
}

interface Samples {
  readonly group: Pick<Call, 'model' | 'region' | 'api' | 'type'>;
  readonly metric: Metric;
  /** Of the values that may be exchanged. */
  readonly keyOf: (call: Call) => string;
}

export function strataOf(both: Both, { group, metric, keyOf }: Samples): readonly Stratum[] {
  const samples = both.flatMap(({ calls, quality }, source) => {
    const scoreOf = scoresByCall(quality.scores);
    return calls
      .filter((call) => !call.warmup && isOf(call, group))
      .flatMap((call) => {
        const value = metric.sample(call, scoreOf);
        return value === undefined ? [] : [{ source, key: keyOf(call), value }];
      });
  });
  return groupBy(samples, ({ key }) => key).map((ofKey) => {
    const from = (source: number): readonly number[] =>
      ofKey.filter((sample) => sample.source === source).map(({ value }) => value);
    return { one: from(0), other: from(1) };
  });
}

/** @param strata one for each question */
export const questionMeans = (strata: readonly Stratum[]): readonly Pair[] =>
  inBoth(strata).map(({ one, other }) => [meanOf(one), meanOf(other)] as const);

export const meansOf = (pairs: readonly Pair[]): Pair => [
  meanOf(pairs.map(([one]) => one)),
  meanOf(pairs.map(([, other]) => other)),
];

const isOf = (call: Call, { model, region, api, type }: Samples['group']): boolean =>
  call.model === model &&
  (region === ALL_REGIONS || call.region === region) &&
  call.api === api &&
  call.type === type;
