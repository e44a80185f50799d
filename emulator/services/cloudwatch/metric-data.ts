import { z } from 'zod';
import { invalidToken, parse, validation } from './errors';
import type { Metric } from './datum';
import { MINUTE_MS, statisticOf, type Metrics } from './metrics';

// Limits: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const MAX_QUERIES = 500;
const MAX_POINTS = 100_800;
const MAX_DIMENSIONS = 30;

const metricStat = z.strictObject({
  Metric: z.strictObject({
    Namespace: z.string(),
    MetricName: z.string(),
    Dimensions: z.optional(
      z.array(z.strictObject({ Name: z.string(), Value: z.string() })).max(MAX_DIMENSIONS),
    ),
  }),
  /** Seconds; of high resolution, no metric is. */
  Period: z.int(),
  Stat: z.string(),
});

/** Of other members (labels of one's own, units, other accounts) none is emulated. */
const query = z.strictObject({
  Id: z.string().regex(/^[a-z]\w{0,254}$/),
  MetricStat: z.optional(metricStat),
  Expression: z.optional(z.string()),
});

const request = z.strictObject({
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z.array(query).min(1).max(MAX_QUERIES),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MaxDatapoints: z.int().min(1).max(MAX_POINTS).default(MAX_POINTS),
  NextToken: z.optional(z.string()),
});

interface Series {
  readonly Id: string;
  /** Of what a search finds: what it differs in. */
  readonly Label: string;
  /** Beginning and value of each period that has data, the oldest first. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

interface Time {
  readonly from: number;
  readonly to: number;
}

/**
 * GetMetricData: of metrics, or of all that a `SEARCH` finds.
 * @param sources in which a region's metrics are
 * @throws AwsError for what is refused, or not emulated
 */
export function getMetricData(sources: readonly Metrics[], input: unknown): object {
  const asked = parse(request, input);
  if (asked.StartTime >= asked.EndTime)
    throw validation('The parameter StartTime must be less than the parameter EndTime.');
  const ids = asked.MetricDataQueries.map(({ Id }) => Id);
  if (new Set(ids).size < ids.length) throw validation('The ids of MetricDataQueries must be unique.');
  // Rounded down to whole minutes, as CloudWatch does of the latest 15 days.
  const [from, to] = [asked.StartTime, asked.EndTime].map(
    (seconds) => Math.floor((seconds * 1_000) / MINUTE_MS) * MINUTE_MS,
  ) as [number, number];
  const series = asked.MetricDataQueries.flatMap((each) => seriesOf(sources, each, { from, to }));
  const all = asked.ScanBy === 'TimestampAscending' ? series : series.map(newestFirst);
  return pageOf(all, asked.MaxDatapoints, asked.NextToken);
}

const newestFirst = (series: Series): Series => ({ ...series, points: series.points.toReversed() });

/** Series after series; how CloudWatch divides what is too much for one answer is not published. */
function pageOf(all: readonly Series[], most: number, token = '0'): object {
  const total = all.reduce((sum, { points }) => sum + points.length, 0);
  if (!/^\d{1,9}$/.test(token) || Number(token) > total) throw invalidToken();
  let [skip, left] = [Number(token), most];
  const MetricDataResults = all.map(({ Id, Label, points }) => {
    const from = Math.min(skip, points.length);
    const taken = points.slice(from, from + left);
    [skip, left] = [skip - from, left - taken.length];
    return {
      ...{ Id, Label },
      Timestamps: taken.map(([at]) => at / 1_000),
      Values: taken.map(([, value]) => value),
      StatusCode: from + taken.length < points.length ? 'PartialData' : 'Complete',
    };
  });
  const next = Number(token) + most;
  return { MetricDataResults, Messages: [], ...(next < total && { NextToken: String(next) }) };
}

function seriesOf(
  sources: readonly Metrics[],
  { Id, MetricStat, Expression }: z.infer<typeof query>,
  time: Time,
): readonly Series[] {
  if ((MetricStat === undefined) === (Expression === undefined))
    throw validation(`The query ${Id} must have either MetricStat or Expression.`);
  if (Expression !== undefined) return search(sources, Id, Expression, time);
  if (MetricStat === undefined) return [];
  const { Metric, Stat, Period } = MetricStat;
  const metric: Metric = {
    namespace: Metric.Namespace,
    name: Metric.MetricName,
    dimensions: Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  };
  const points = sources.flatMap((metrics) => pointsOf(metrics, metric, Stat, Period, time));
  return [{ Id, Label: metric.name, points }];
}

/** Exact terms alone: `SEARCH('{namespace,dimension} MetricName="name" dimension="value"', 'Sum', 60)`. */
const SEARCH = /^SEARCH\('\{([^}]+)\}((?: \w+="[^"]*")+)', '(\w+)', (\d+)\)$/;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
function search(sources: readonly Metrics[], Id: string, expression: string, time: Time): readonly Series[] {
  const [, schema = '', terms = '', stat = '', period = ''] = SEARCH.exec(expression) ?? [];
  if (schema === '') throw validation(`${expression} is not emulated, only SEARCH with exact terms.`);
  const [namespace, ...dimensions] = schema.split(',').map((name) => name.trim().replaceAll('"', ''));
  const wanted = [...terms.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
  const found = sources.flatMap((metrics) =>
    metrics
      .totals()
      .filter(
        (series) =>
          series.namespace === namespace &&
          Object.keys(series.dimensions).toSorted().join() === dimensions.toSorted().join() &&
          wanted.every(
            ([name = '', value]) => (name === 'MetricName' ? series.name : series.dimensions[name]) === value,
          ),
      )
      .map((series) => ({ ...series, metrics })),
  );
  const differing = dimensions.filter((name) => new Set(found.map((one) => one.dimensions[name])).size > 1);
  return found.flatMap(({ metrics, ...series }) => {
    const points = pointsOf(metrics, series, stat, Number(period), time);
    const names = differing.length > 0 ? differing : dimensions;
    return points.length === 0
      ? []
      : [{ Id, Label: names.map((name) => series.dimensions[name]).join(' '), points }];
  });
}

function pointsOf(
  metrics: Metrics,
  metric: Metric,
  stat: string,
  period: number,
  { from, to }: Time,
): Series['points'] {
  const statistic = statisticOf(stat);
  if (statistic === undefined) throw validation(`The statistic ${stat} is not emulated.`);
  if (period < 60 || period % 60 !== 0) throw validation(`The period ${period} is no multiple of 60.`);
  const periodMs = period * 1_000;
  const points: (readonly [number, number])[] = [];
  for (let at = Math.floor(from / periodMs) * periodMs; at < to; at += periodMs) {
    const found = metrics.statistics(metric, at, at + periodMs);
    if (found !== undefined) points.push([at, statistic(found)]);
  }
  return points;
}
