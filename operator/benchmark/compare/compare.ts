import { differences } from '../measure/plan';
import type { JudgedResult } from '../result-file';
import { figuresOfType, skippedText, typesOf, type Figures } from '../figures/figures';
import type { Call } from '../result/result';
import { differenceOf, excludes0, pairedDifference, type Difference, holm } from './difference';
import { METRICS, type Metric } from './metrics';
import { inBoth, leastPValue, permutationTest, questionStrata } from './permutation-test';
import { ALL_REGIONS, allRegions, inCommon, meansOf, questionMeans, strataOf, type Both } from './samples';

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

const compared = (both: Both, [one, other]: Pair, metrics: readonly Metric[]): readonly Compared[] =>
  metrics.flatMap((metric) => {
    const [was, is] = [metric.estimate(one), metric.estimate(other)];
    const { model, region, api, type } = one;
    const group = { model, region, api, type: type ?? '' };
    const strata = strataOf(both, { group, metric, keyOf: ({ questionId }) => questionId });
    if (was === null || is === null || inBoth(strata).length === 0) return [];
    const { name, unit, better, paired } = metric;
    // Of shares, what both have is tested, and so shown: a question that one alone has a score of would move its mean.
    const [before, after] = paired === 'shares' ? meansOf(questionMeans(strata)) : [was.value, is.value];
    const difference =
      paired === undefined
        ? differenceOf(was, is)
        : pairedDifference(after - before, strata, { of: paired, seed: both[0].plan.seed });
    const row = { ...group, metric: { name, unit, better }, before, after, difference };
    return [{ row, metric }];
  });

/**
 * Whether a model has changed is told by its answers to each question, whether it is better by the questions: one that
 * it now answers each time says nothing of the next.
 * @param both with their regions: what is asked in one is not exchanged for what is asked in another
 */
function tested(rows: readonly Compared[], both: Both): readonly PrimaryRow[] {
  const level = ALPHA / rows.length;
  const { seed } = both[0].plan;
  const tests = rows.map(({ row: { region: _, ...row }, metric }) => {
    const group = { ...row, region: ALL_REGIONS };
    const keyOf = ({ questionId, region }: Call): string => JSON.stringify([questionId, region]);
    const strata =
      metric.paired === 'shares'
        ? questionStrata(
            questionMeans(strataOf(both, { group, metric, keyOf: ({ questionId }) => questionId })),
          )
        : strataOf(both, { group, metric, keyOf });
    return {
      ...{ row, metric },
      pValue: permutationTest(strata, metric.statistic, { seed, level }),
      canTell: leastPValue(strata, level) <= level,
    };
  });
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return tests.map(({ row, metric, pValue, canTell }, index) => {
    const p = adjusted[index] ?? 1;
    return { ...row, pValue, adjusted: p, verdict: canTell ? verdictOn(row, p, metric) : 'too few answers' };
  });
}

function verdictOn(
  { difference }: Omit<Row, 'region'>,
  adjusted: number,
  { paired, better }: Metric,
): PrimaryRow['verdict'] {
  if (adjusted > ALPHA || difference.value === 0) return 'within noise';
  // A permutation shows that answers are unlike, and not always in what: many small losses look like more than a rare
  // large gain, and a p95 beside which few answers lie may be on either side. So the interval has to say it, too.
  const seen = difference.value < 0 === (better === 'lower') ? 'better' : 'worse';
  if (paired === 'amounts' || excludes0(difference)) return seen;
  if (difference.lower !== null && difference.upper !== null) return 'within noise';
  // An end that is not known is no reason to call what was seen to be worse anything else.
  return seen === 'worse' ? 'worse' : 'too few answers';
}

/** What besides the models may have made two results differ. */
function cautionsOf(before: JudgedResult, after: JudgedResult): readonly string[] {
  const differing = differences(before.plan, after.plan);
  const cautions: (string | false)[] = [
    differing.length > 0 && `The plans differ in ${differing.join(', ')}: differences may come from that.`,
    before.quality.expectationsDigest !== after.quality.expectationsDigest &&
      'Other things were expected of the answers: differences in quality may come from that.',
    before.prices.date !== after.prices.date &&
      `Prices are of ${before.prices.date} and ${after.prices.date}: differences in cost may come from that.`,
    ...[before, after].map(({ skipped }, which) => {
      const missing = skippedText(skipped);
      return (
        missing !== null &&
        `Of the ${which === 0 ? 'first' : 'second'} result, ${missing}: what they would have shown is compared with nothing.`
      );
    }),
    // Questions that were asked by turns met the same hour.
    before.startedAt !== after.startedAt &&
      `The runs began on ${before.startedAt} and ${after.startedAt}. What differs between two hours of a service differs here, too: only repeated pairs of runs tell it from a change of the model.`,
  ];
  return cautions.filter((caution) => caution !== false);
}
