import { differences } from '../measure/plan';
import type { JudgedResult } from '../result-file';
import { figuresOfType, typesOf, type Figures } from '../figures/figures';
import { scoresByCall } from '../figures/quality-figures';
import { groupBy } from '../group-by';
import type { Estimate } from '../measure/statistics/rate';
import type { Call } from '../result/result';
import { differenceOf, pairedDifference, type Difference, holm } from './difference';
import { METRICS, type Metric } from './metrics';
import { permutationTest, type Stratum } from './permutation-test';

/** Probability at most of taking even one of all differences of a comparison for real where there is none. */
export const ALPHA = 0.05;

/** One figure in both results. */
export interface Row extends Pick<Figures, 'model' | 'region' | 'api'> {
  readonly type: string;
  readonly metric: Pick<Metric, 'name' | 'unit' | 'better'>;
  readonly before: number;
  readonly after: number;
  readonly difference: Difference;
  /** Of the permutation test, and the same adjusted for all rows. */
  readonly pValue: number;
  readonly adjusted: number;
  readonly verdict: 'better' | 'worse' | 'within noise';
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** What differs in the plans and prices, so that differences may come from it. */
  readonly cautions: readonly string[];
}

type Untested = Omit<Row, 'adjusted' | 'verdict'>;

/**
 * Compares what both results have measured: by model, region, API and request type, on the questions in common.
 * @throws Error where they have nothing in common
 */
export function compare(before: JudgedResult, after: JudgedResult): Comparison {
  const [one, other] = commonQuestions(before, after);
  const rows = typesOf(one).flatMap((type) => rowsOf(one, other, type));
  if (rows.length === 0) {
    throw new Error(
      'The two results have no model, region, API and question in common: there is nothing to compare.',
    );
  }
  const adjusted = holm(rows.map(({ pValue }) => pValue));
  return {
    rows: rows.map((row, index) => judge(row, adjusted[index] ?? 1)),
    cautions: cautionsOf(before, after),
  };
}

function judge(row: Untested, adjusted: number): Row {
  const { difference, metric } = row;
  if (adjusted > ALPHA || difference.value === 0) return { ...row, adjusted, verdict: 'within noise' };
  const isBetter = difference.value < 0 === (metric.better === 'lower');
  return { ...row, adjusted, verdict: isBetter ? 'better' : 'worse' };
}

function commonQuestions(one: JudgedResult, other: JudgedResult): readonly [JudgedResult, JudgedResult] {
  const asked = (result: JudgedResult): Set<string> =>
    new Set(result.calls.filter(({ warmup }) => !warmup).map(({ questionId }) => questionId));
  const [ofOne, ofOther] = [asked(one), asked(other)];
  const keep = (result: JudgedResult): JudgedResult => ({
    ...result,
    calls: result.calls.filter(({ questionId }) => ofOne.has(questionId) && ofOther.has(questionId)),
  });
  return [keep(one), keep(other)];
}

function rowsOf(before: JudgedResult, after: JudgedResult, type: string): readonly Untested[] {
  const afterwards = figuresOfType(after, type);
  return figuresOfType(before, type).flatMap((one) => {
    const other = afterwards.find(
      ({ model, region, api }) => model === one.model && region === one.region && api === one.api,
    );
    if (other === undefined) return [];
    return METRICS.flatMap((metric) => {
      const [was, is] = [metric.estimate(one), metric.estimate(other)];
      if (was === null || is === null) return [];
      const strata = strataOf([before, after], one, metric);
      const { name, unit, better } = metric;
      return {
        ...{ model: one.model, region: one.region, api: one.api, type, metric: { name, unit, better } },
        ...{
          before: was.value,
          after: is.value,
          difference: difference(was, is, { metric, strata, seed: before.plan.seed }),
        },
        pValue: permutationTest(strata, metric.statistic, before.plan.seed),
      };
    });
  });
}

function difference(
  was: Estimate,
  is: Estimate,
  {
    metric,
    strata,
    seed,
  }: { readonly metric: Metric; readonly strata: readonly Stratum[]; readonly seed: number },
): Difference {
  const { pairedScale: scale } = metric;
  if (scale === undefined) return differenceOf(was, is);
  const { lower, upper } = pairedDifference((is.value - was.value) / scale, strata, seed);
  const scaled = (end: number | null): number | null => (end === null ? null : end * scale);
  return { value: is.value - was.value, lower: scaled(lower), upper: scaled(upper) };
}

function strataOf(results: readonly JudgedResult[], group: Figures, metric: Metric): readonly Stratum[] {
  const samples = results.flatMap(({ calls, quality }, source) => {
    const scoreOf = scoresByCall(quality.scores);
    return calls
      .filter((call) => !call.warmup && isOf(call, group))
      .flatMap((call) => {
        const value = metric.sample(call, scoreOf);
        return value === undefined ? [] : [{ source, questionId: call.questionId, value }];
      });
  });
  return groupBy(samples, ({ questionId }) => questionId).map((ofQuestion) => {
    const from = (source: number): readonly number[] =>
      ofQuestion.filter((sample) => sample.source === source).map(({ value }) => value);
    return { one: from(0), other: from(1) };
  });
}

const isOf = (call: Call, { model, region, api, type }: Figures): boolean =>
  call.model === model && call.region === region && call.api === api && call.type === type;

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
