import { differences } from '../measure/plan';
import type { JudgedResult } from '../result-file';
import { figuresOfType, typesOf, type Figures } from '../figures/figures';
import { scoresByCall } from '../figures/quality-figures';
import { groupBy } from '../group-by';
import type { Call } from '../result/result';
import { differenceOf, pairedDifference, type Difference, holm } from './difference';
import { METRICS, type Metric } from './metrics';
import { leastPValue, permutationTest, type Stratum } from './permutation-test';

/** Probability at most of taking even one of the primary comparisons for a difference where there is none. */
export const ALPHA = 0.05;

/** One figure in both results. */
export interface Row extends Pick<Figures, 'model' | 'region' | 'api'> {
  readonly type: string;
  readonly metric: Pick<Metric, 'name' | 'unit' | 'better'>;
  readonly before: number;
  readonly after: number;
  readonly difference: Difference;
}

/**
 * What people decide by, of a model's answers of a request type: all regions together, by the API that the assistant
 * calls (Converse) where both have it. The few of them are tested; all else is description.
 */
export interface PrimaryRow extends Omit<Row, 'region'> {
  /** Of the permutation test, and the same adjusted for all primary rows. */
  readonly pValue: number;
  readonly adjusted: number;
  /** `too few answers`: no difference, however large, could be found among so many rows. */
  readonly verdict: 'better' | 'worse' | 'within noise' | 'too few answers';
}

export interface Comparison {
  readonly primary: readonly PrimaryRow[];
  readonly rows: readonly Row[];
  /** What differs in the plans and prices, so that differences may come from it. */
  readonly cautions: readonly string[];
}

type Both = readonly [before: JudgedResult, after: JudgedResult];

/**
 * Compares what both results have measured: by model, region, API and request type, on the questions in common.
 * @throws Error where they have nothing in common
 */
export function compare(before: JudgedResult, after: JudgedResult): Comparison {
  const both = inCommon(before, after);
  const types = typesOf(both[0]);
  const rows = types.flatMap((type) => matched(both, type).flatMap((pair) => compared(both, pair, METRICS)));
  if (rows.length === 0) {
    throw new Error(
      'The two results have no model, region, API and question in common: there is nothing to compare.',
    );
  }
  const pooled: Both = [allRegions(both[0]), allRegions(both[1])];
  const primary = types.flatMap((type) =>
    matched(pooled, type).flatMap((pair) =>
      compared(
        pooled,
        pair,
        METRICS.filter(({ isPrimary }) => isPrimary),
      ),
    ),
  );
  return {
    primary: tested(primary, both),
    rows: rows.map(({ row }) => row),
    cautions: cautionsOf(before, after),
  };
}

/** The calls that both have made by the same model, region, API and question. */
function inCommon(one: JudgedResult, other: JudgedResult): Both {
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

const ALL_REGIONS = 'all regions';

/** The calls by Converse, or where there are none by ConverseStream, as if they had been made in one region. */
function allRegions(result: JudgedResult): JudgedResult {
  const api = result.calls.some((call) => call.api === 'converse') ? 'converse' : 'converse-stream';
  const calls = result.calls.filter((call) => call.api === api);
  return { ...result, calls: calls.map((call) => ({ ...call, region: ALL_REGIONS })) };
}

type Pair = readonly [was: Figures, is: Figures];

const matched = ([before, after]: Both, type: string): readonly Pair[] => {
  const afterwards = figuresOfType(after, type);
  return figuresOfType(before, type).flatMap((was) => {
    const is = afterwards.find(
      ({ model, region, api }) => model === was.model && region === was.region && api === was.api,
    );
    return is === undefined ? [] : [[was, is] as const];
  });
};

interface Compared {
  readonly row: Row;
  readonly metric: Metric;
}

const compared = (both: Both, [was, is]: Pair, metrics: readonly Metric[]): readonly Compared[] =>
  metrics.flatMap((metric) => {
    const [before, after] = [metric.estimate(was), metric.estimate(is)];
    if (before === null || after === null) return [];
    const { model, region, api, type } = was;
    const group = { model, region, api, type: type ?? '' };
    const { name, unit, better, paired } = metric;
    const difference =
      paired === undefined
        ? differenceOf(before, after)
        : pairedDifference(
            after.value - before.value,
            strataOf(both, { group, metric, keyOf: ({ questionId }) => questionId }),
            { of: paired, seed: both[0].plan.seed },
          );
    const row = {
      ...group,
      metric: { name, unit, better },
      before: before.value,
      after: after.value,
      difference,
    };
    return [{ row, metric }];
  });

/** @param both with their regions: what is asked in one is not exchanged for what is asked in another */
function tested(rows: readonly Compared[], both: Both): readonly PrimaryRow[] {
  const level = ALPHA / rows.length;
  const { seed } = both[0].plan;
  const tests = rows.map(({ row, metric }) => {
    const group = { ...row, region: ALL_REGIONS };
    const keyOf = ({ questionId, region }: Call): string => JSON.stringify([questionId, region]);
    const strata = strataOf(both, { group, metric, keyOf });
    return {
      pValue: permutationTest(strata, metric.statistic, { seed, level }),
      canTell: leastPValue(strata, level) <= level,
    };
  });
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return rows.map(({ row: { region: _, ...row } }, index) => {
    const { pValue = 1, canTell = false } = tests[index] ?? {};
    const p = adjusted[index] ?? 1;
    return { ...row, pValue, adjusted: p, verdict: canTell ? verdictOn(row, p) : 'too few answers' };
  });
}

function verdictOn({ difference, metric }: Omit<Row, 'region'>, adjusted: number): PrimaryRow['verdict'] {
  if (adjusted > ALPHA || difference.value === 0) return 'within noise';
  return difference.value < 0 === (metric.better === 'lower') ? 'better' : 'worse';
}

interface Samples {
  readonly group: Pick<Row, 'model' | 'region' | 'api' | 'type'>;
  readonly metric: Metric;
  /** Of the values that may be exchanged. */
  readonly keyOf: (call: Call) => string;
}

function strataOf(both: Both, { group, metric, keyOf }: Samples): readonly Stratum[] {
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

const isOf = (call: Call, { model, region, api, type }: Samples['group']): boolean =>
  call.model === model &&
  (region === ALL_REGIONS || call.region === region) &&
  call.api === api &&
  call.type === type;

/** What besides the models may have made two results differ. */
export function cautionsOf(before: JudgedResult, after: JudgedResult): readonly string[] {
  const differing = differences(before.plan, after.plan);
  const cautions: (string | false)[] = [
    differing.length > 0 && `The plans differ in ${differing.join(', ')}: differences may come from that.`,
    before.quality.expectationsDigest !== after.quality.expectationsDigest &&
      'Other things were expected of the answers: differences in quality may come from that.',
    before.prices.date !== after.prices.date &&
      `Prices are of ${before.prices.date} and ${after.prices.date}: differences in cost may come from that.`,
    (before.finishedAt === null || after.finishedAt === null) &&
      'A run was interrupted: it has fewer calls than planned.',
    `The runs began on ${before.startedAt} and ${after.startedAt}. What differs between two hours of a service differs here, too: only repeated pairs of runs tell it from a change of the model.`,
  ];
  return cautions.filter((caution) => caution !== false);
}
