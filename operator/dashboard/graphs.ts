import { callControl, type Dashboard, type MetricDataResult } from '@assistant/emulator';

export interface Time {
  /** Emulated milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** One line of a graph. */
export interface GraphLine {
  readonly label: string;
  readonly axis: 'left' | 'right';
  readonly points: MetricDataResult['points'];
}

type Widget = Dashboard['body']['widgets'][number];
export type GraphWidget = Extract<Widget, { type: 'metric' }>['properties'];

export interface Graph {
  readonly widget: GraphWidget;
  readonly lines: readonly GraphLine[];
}

/** Asks for what a dashboard's graphs show, as CloudWatch's console does. */
export const readGraphs = ({ body }: Dashboard, time: Time): Promise<readonly Graph[]> =>
  Promise.all(
    body.widgets.flatMap((each) => (each.type === 'metric' ? [readGraph(each.properties, time)] : [])),
  );

async function readGraph(widget: GraphWidget, time: Time): Promise<Graph> {
  const lines = (widget.metrics ?? []).map(async (parts): Promise<readonly GraphLine[]> => {
    const names = parts.filter((part) => typeof part === 'string');
    const last = parts.at(-1);
    const {
      expression,
      stat = widget.stat,
      period = widget.period,
      region = widget.region,
      label,
      yAxis,
    } = typeof last === 'object' ? last : {};
    const [namespace, name, ...rest] = names;
    const dimensions = Object.fromEntries(
      rest.flatMap((key, index) => (index % 2 === 0 ? [[key, rest[index + 1]]] : [])),
    );
    const metric = { namespace, name, dimensions };
    const query = { id: 'line', stat, period, ...(expression === undefined ? { metric } : { expression }) };
    const found = (await callControl('POST', `/metric-data?region=${region ?? ''}`, {
      ...time,
      queries: [query],
    })) as readonly MetricDataResult[];
    return found.map(({ label: itsOwn, points }) => ({
      label: (label ?? itsOwn).replace('${LABEL}', itsOwn),
      axis: yAxis ?? 'left',
      points,
    }));
  });
  return { widget, lines: (await Promise.all(lines)).flat() };
}
