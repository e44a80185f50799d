import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { Dashboard } from '@assistant/emulator';
import { describeError } from '../command/errors';
import type { ServiceConfig } from '../command/target';

export interface Time {
  /** Emulated milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** One line of a graph. */
export interface GraphLine {
  readonly label: string;
  readonly axis: 'left' | 'right';
  /** Time and value, the oldest first. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

type Widget = Dashboard['body']['widgets'][number];
type GraphWidget = Extract<Widget, { type: 'metric' }>['properties'];

export interface Graph {
  readonly widget: GraphWidget;
  readonly lines: readonly GraphLine[];
  /** Regions that were not reached, whose lines are missing. */
  readonly unread: readonly string[];
}

interface Read {
  readonly graphs: readonly Graph[];
  readonly reached: readonly string[];
  readonly failed: readonly { readonly region: string; readonly reason: string }[];
}

/**
 * Asks for what a dashboard's graphs show, as CloudWatch's console does.
 * @param cloudWatch where it is; a graph may be of another region
 */
export async function readGraphs({ body }: Dashboard, time: Time, cloudWatch: ServiceConfig): Promise<Read> {
  const clients = new Map<string, CloudWatchClient>();
  const failures = new Map<string, string>();
  const send = async (region: string, request: GetMetricDataCommand) => {
    const client = clients.get(region) ?? new CloudWatchClient({ ...cloudWatch, region });
    clients.set(region, client);
    return client.send(request).catch((error: unknown) => {
      failures.set(region, describeError(error));
      return undefined;
    });
  };
  try {
    const widgets = body.widgets.flatMap((each) => (each.type === 'metric' ? [each.properties] : []));
    const graphs = await Promise.all(
      widgets.map((widget) =>
        readGraph({ ...widget, region: widget.region ?? cloudWatch.region }, time, send),
      ),
    );
    return {
      graphs,
      reached: [...clients.keys()].filter((region) => !failures.has(region)),
      failed: [...failures].map(([region, reason]) => ({ region, reason })),
    };
  } finally {
    for (const client of clients.values()) client.destroy();
  }
}

async function readGraph(
  widget: GraphWidget & { readonly region: string },
  { from, to }: Time,
  send: (region: string, request: GetMetricDataCommand) => Promise<GetMetricDataCommandOutput | undefined>,
): Promise<Graph> {
  const unread = new Set<string>();
  const lines = (widget.metrics ?? []).map(async (parts): Promise<readonly GraphLine[]> => {
    const last = parts.at(-1);
    const { region = widget.region, label, yAxis } = typeof last === 'object' ? last : {};
    // No graph of a day by the minute has more than one answer holds.
    const request = new GetMetricDataCommand({
      StartTime: new Date(from),
      EndTime: new Date(to),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [queryOf(parts, widget)],
    });
    const answer = await send(region, request);
    if (answer === undefined) unread.add(region);
    const { MetricDataResults = [] } = answer ?? {};
    return MetricDataResults.filter(({ Values = [] }) => Values.length > 0).map(
      ({ Label = '', Timestamps = [], Values = [] }) => ({
        label: (label ?? Label).replace('${LABEL}', Label),
        axis: yAxis ?? 'left',
        points: Timestamps.map((at, index) => [at.getTime(), Values[index] ?? 0] as const),
      }),
    );
  });
  return { widget, lines: (await Promise.all(lines)).flat(), unread: [...unread] };
}

function queryOf(parts: NonNullable<GraphWidget['metrics']>[number], widget: GraphWidget): MetricDataQuery {
  const names = parts.filter((part) => typeof part === 'string');
  const last = parts.at(-1);
  const { expression, stat = widget.stat, period = widget.period } = typeof last === 'object' ? last : {};
  if (expression !== undefined) return { Id: 'line', Expression: expression };
  const [Namespace, MetricName, ...rest] = names;
  const Dimensions = rest.flatMap((Name, index) =>
    index % 2 === 0 ? [{ Name, Value: rest[index + 1] }] : [],
  );
  const Metric = { Namespace, MetricName, Dimensions };
  return { Id: 'line', MetricStat: { Metric, Stat: stat ?? 'Average', Period: period } };
}
