import * as z from 'zod/mini';
import { AwsError } from '../../platform/http/aws-error';
import type { Metric } from './datum';
import { MINUTE_MS, statisticOf, type Metrics } from './metrics';

/** What GetMetricData is asked, for one metric or for all that a `SEARCH` finds. */
const query = z.object({
  id: z.string(),
  stat: z.optional(z.string()),
  /** Seconds. */
  period: z.int().check(z.multipleOf(60), z.gte(60)),
  metric: z.optional(
    z.object({
      namespace: z.string(),
      name: z.string(),
      dimensions: z.record(z.string(), z.string()),
    }),
  ),
  expression: z.optional(z.string()),
});

/** Times in emulated milliseconds since 1970. */
export const metricDataRequest = z.object({ from: z.number(), to: z.number(), queries: z.array(query) });
export type MetricDataRequest = z.infer<typeof metricDataRequest>;
type Query = MetricDataRequest['queries'][number];

export interface MetricDataResult {
  readonly id: string;
  /** Of what a search finds: what it differs in. */
  readonly label: string;
  /** Beginning and value of each period that has data, the oldest first. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** GetMetricData allows 100,800 in an answer. */
const MAX_POINTS = 100_800;

/** @throws AwsError for a statistic or an expression that is not emulated */
export function metricData(
  metrics: Metrics,
  { from, to, queries }: MetricDataRequest,
): readonly MetricDataResult[] {
  const results = queries.flatMap((asked) => {
    const { id, expression, metric, stat = 'Average', period } = asked;
    if (expression === undefined) {
      if (metric === undefined) throw invalid(`${id} has neither a metric nor an expression`);
      return [{ id, label: metric.name, points: pointsOf(metrics, metric, { stat, period, from, to }) }];
    }
    return search(metrics, { from, to, queries: [] }, { ...asked, expression });
  });
  const count = results.reduce((sum, { points }) => sum + points.length, 0);
  if (count > MAX_POINTS) throw invalid(`${count} points are more than ${MAX_POINTS}`);
  return results;
}

/** Exact terms alone: `SEARCH('{namespace,dimension} MetricName="name" dimension="value"', 'Sum', 60)`. */
const SEARCH = /^SEARCH\('\{([^}]+)\}((?: \w+="[^"]*")+)', '(\w+)', (\d+)\)$/;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
function search(
  metrics: Metrics,
  { from, to }: MetricDataRequest,
  { id, expression }: Query & { readonly expression: string },
): readonly MetricDataResult[] {
  const [, schema = '', terms = '', stat = '', period = ''] = SEARCH.exec(expression) ?? [];
  if (schema === '') throw invalid(`${expression} is not emulated, only SEARCH with exact terms`);
  const [namespace, ...dimensions] = schema.split(',').map((name) => name.trim().replaceAll('"', ''));
  const wanted = [...terms.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
  const found = metrics
    .totals()
    .filter(
      (series) =>
        series.namespace === namespace &&
        Object.keys(series.dimensions).toSorted().join() === dimensions.toSorted().join() &&
        wanted.every(
          ([name = '', value]) => (name === 'MetricName' ? series.name : series.dimensions[name]) === value,
        ),
    );
  const differing = dimensions.filter((name) => new Set(found.map((one) => one.dimensions[name])).size > 1);
  return found.map((series) => ({
    id,
    label: (differing.length > 0 ? differing : dimensions).map((name) => series.dimensions[name]).join(' '),
    points: pointsOf(metrics, series, { stat, period: Number(period), from, to }),
  }));
}

function pointsOf(
  metrics: Metrics,
  metric: Metric,
  {
    stat,
    period,
    from,
    to,
  }: { readonly stat: string; readonly period: number; readonly from: number; readonly to: number },
): MetricDataResult['points'] {
  const statistic = statisticOf(stat);
  if (statistic === undefined) throw invalid(`the statistic ${stat} is not emulated`);
  const periodMs = period * 1_000;
  const points: (readonly [number, number])[] = [];
  for (let at = Math.floor(from / periodMs) * periodMs; at < to; at += periodMs) {
    const found = metrics.statistics(metric, at, at + Math.max(periodMs, MINUTE_MS));
    if (found !== undefined) points.push([at, statistic(found)]);
  }
  return points;
}

const invalid = (what: string): AwsError =>
  new AwsError(400, 'InvalidParameterValue', `GetMetricData: ${what}.`);
