import {
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { conversationTableName } from '../../../../contract/conversation';
import { METRIC_SERVICE, METRICS } from '../../../../contract/metrics';
import type { AnswersByTier, Bin, RegionPicture } from '../../picture';

const PERIOD_SECONDS = 60;
const PERIOD_MS = PERIOD_SECONDS * 1_000;
const MINUTES = 60;

/**
 * US dollars for a metric of GetMetricData, which no free tier covers.
 * https://support.site24x7.com/portal/en/kb/articles/aws-cloudwatch-metrics-cost-calculation
 */
const USD_PER_METRIC = 0.01 / 1_000;

/** What a region's metrics tell of the last hour. */
interface Traffic {
  readonly answers: AnswersByTier;
  readonly byModel: Readonly<Record<string, number>>;
  readonly canary: { readonly asked: number; readonly unanswered: number };
  /** Of the table of conversations, to the other region; null where nothing was written, or there is none. */
  readonly replicationMs: number | null;
  readonly minutes: readonly Bin[];
}

interface Series {
  readonly of: 'answers' | 'latency' | 'asked' | 'unanswered' | 'replication';
  readonly tier?: keyof AnswersByTier;
  readonly model?: string;
  readonly metric: string;
  readonly namespace?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly statistic: string;
}

interface Place {
  readonly project: string;
  readonly region: string;
  readonly otherRegion: string;
}

/** Answers are counted by tier and model: of those that the rules name. */
function seriesOf(rules: RegionPicture['rules'], { project, otherRegion }: Place): readonly Series[] {
  const answers = (tier: keyof AnswersByTier, model?: string): Series => ({
    ...{ of: 'answers', tier, metric: METRICS.answers, statistic: 'Sum' },
    ...(model !== undefined && { model }),
    dimensions: { tier, source: 'caller', ...(model !== undefined && { model }) },
  });
  const modelsOf = (tier: 'primary' | 'fallback') => [...new Set(rules.map((rule) => rule[tier]))];
  return [
    ...modelsOf('primary').map((model) => answers('primary', model)),
    ...modelsOf('fallback').map((model) => answers('fallback', model)),
    answers('degraded'),
    { of: 'latency', metric: METRICS.modelLatency, statistic: 'p50' },
    { of: 'asked', metric: METRICS.canaryUnanswered, statistic: 'SampleCount' },
    { of: 'unanswered', metric: METRICS.canaryUnanswered, statistic: 'Sum' },
    {
      ...{ of: 'replication', namespace: 'AWS/DynamoDB', metric: 'ReplicationLatency', statistic: 'Average' },
      dimensions: { TableName: conversationTableName(project), ReceivingRegion: otherRegion },
    },
  ];
}

const queryOf = (project: string, series: Series, index: number): MetricDataQuery => ({
  Id: `q${index}`,
  MetricStat: {
    Period: PERIOD_SECONDS,
    Stat: series.statistic,
    Metric: {
      Namespace: series.namespace ?? project,
      MetricName: series.metric,
      Dimensions: Object.entries({
        ...(series.namespace === undefined && { service: METRIC_SERVICE }),
        ...series.dimensions,
      }).map(([Name, Value]) => ({ Name, Value })),
    },
  },
});

/** All metrics of a region in one request; what it costs goes by the metrics, not by the requests. */
export async function readTraffic(
  client: CloudWatchClient,
  rules: RegionPicture['rules'],
  place: Place,
  now: number,
): Promise<Traffic> {
  const series = seriesOf(rules, place);
  const end = Math.floor(now / PERIOD_MS) * PERIOD_MS + PERIOD_MS;
  const start = end - MINUTES * PERIOD_MS;
  const request = {
    StartTime: new Date(start),
    EndTime: new Date(end),
    MetricDataQueries: series.map((each, index) => queryOf(place.project, each, index)),
  };
  const results: MetricDataResult[] = [];
  for await (const page of paginateGetMetricData({ client }, request))
    results.push(...(page.MetricDataResults ?? []));
  return trafficOf(series, results, start);
}

type Values = ReadonlyMap<number, number>;

function trafficOf(series: readonly Series[], results: readonly MetricDataResult[], start: number): Traffic {
  const found = series.map((each, index) => ({ ...each, values: valuesOf(results, `q${index}`) }));
  const of = (wanted: Series['of']) =>
    found.find((each) => each.of === wanted)?.values ?? new Map<number, number>();
  const sumOf = (tier: keyof AnswersByTier, at?: number): number =>
    found
      .filter((each) => each.of === 'answers' && each.tier === tier)
      .reduce((sum, { values }) => sum + (at === undefined ? total(values) : (values.get(at) ?? 0)), 0);
  const counts = (at?: number): AnswersByTier => ({
    primary: sumOf('primary', at),
    fallback: sumOf('fallback', at),
    degraded: sumOf('degraded', at),
  });
  const byModel = new Map<string, number>();
  for (const { model, values } of found)
    if (model !== undefined) byModel.set(model, (byModel.get(model) ?? 0) + total(values));
  return {
    answers: counts(),
    byModel: Object.fromEntries(byModel),
    canary: { asked: total(of('asked')), unanswered: total(of('unanswered')) },
    replicationMs: [...of('replication')].sort(([one], [other]) => other - one)[0]?.[1] ?? null,
    minutes: Array.from({ length: MINUTES }, (_, minute) => {
      const from = start + minute * PERIOD_MS;
      return { from, counts: counts(from), medianMs: of('latency').get(from) ?? null };
    }),
  };
}

/** By their minute; a metric with more than one page has a result on each. */
const valuesOf = (results: readonly MetricDataResult[], id: string): Values =>
  new Map(
    results
      .filter(({ Id }) => Id === id)
      .flatMap(({ Timestamps = [], Values = [] }) =>
        Timestamps.map((time, index) => [time.getTime(), Values[index] ?? 0] as const),
      ),
  );

const total = (values: Values): number => [...values.values()].reduce((sum, value) => sum + value, 0);

const countOf = ({ counts }: Bin): number => counts.primary + counts.fallback + counts.degraded;

/** Both regions' minutes; the time is that of the one that has answered more. */
export function together(regions: readonly (readonly Bin[])[]): readonly Bin[] {
  const [first = [], ...others] = regions;
  return first.map((bin) =>
    others.reduce((sum, bins) => {
      const other = bins.find(({ from }) => from === sum.from);
      if (other === undefined) return sum;
      return {
        from: sum.from,
        counts: {
          primary: sum.counts.primary + other.counts.primary,
          fallback: sum.counts.fallback + other.counts.fallback,
          degraded: sum.counts.degraded + other.counts.degraded,
        },
        medianMs: (countOf(other) > countOf(sum) ? other : sum).medianMs,
      };
    }, bin),
  );
}

/** US dollars an hour, while a page is open. */
export const hourlyCost = (metrics: number, everyMs: number): number =>
  (metrics * USD_PER_METRIC * 3_600_000) / everyMs;

/** How many a region is asked for. */
export const metricsOf = (rules: RegionPicture['rules'], place: Place): number =>
  seriesOf(rules, place).length;
