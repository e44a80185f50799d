import type { Dashboard, Status } from '@assistant/emulator';
import type { EChartsOption, LineSeriesOption } from 'echarts';
import { axis, grid, modelLegend, renderChart, roundedUp, upTo, type Size } from '../report/chart';
import { html, NOTHING, type Html } from '../report/html';
import { reportPage, type Verdict } from '../report/page';
import { seriesStyle } from '../report/style';
import { table } from '../report/table';
import type { Graph, GraphLine, Time } from './graphs';
import { counted } from '../command/words';

export interface Shown {
  readonly dashboard: Dashboard;
  readonly graphs: readonly Graph[];
  readonly status: Status;
  readonly time: Time;
  readonly minutes: number;
}

/** A dashboard as CloudWatch's console would show it, one graph below the other. */
export function dashboardPage({ dashboard, graphs, status, time, minutes }: Shown): string {
  const alarms = alarmsOf(dashboard, status);
  return reportPage({
    title: `Dashboard ${dashboard.name}`,
    startedAt: new Date().toISOString(),
    verdict: verdictOf(alarms),
    facts: [
      ['Shown', `the last ${minutes} emulated minutes, to ${new Date(time.to).toISOString()}`],
      ['Time', `${status.clock.speed} times as fast`],
    ],
    sections: [
      ...graphs.map((graph, index) => figure(graph, { id: `graph-${index}`, to: time.to, minutes })),
      table({
        caption: 'Alarms',
        head: ['Alarm', 'Region', 'State', 'Since'],
        rows: alarms.map(({ name, region, state, since }) => [
          name,
          region,
          { text: state, missed: state === 'ALARM' },
          since,
        ]),
      }),
    ],
  });
}

interface AlarmRow {
  readonly name: string;
  readonly region: string;
  readonly state: string;
  readonly since: string;
}

function alarmsOf({ body }: Dashboard, { regions }: Status): readonly AlarmRow[] {
  const arns = body.widgets.flatMap((each) => (each.type === 'alarm' ? each.properties.alarms : []));
  return arns.map((arn) => {
    const [, , , region = '', , , name = ''] = arn.split(':');
    const known = Object.values(regions)
      .find((each) => each.region === region)
      ?.alarms.find((each) => each.name === name);
    const since = known ? new Date(known.since).toISOString().slice(11, 19) : '';
    return { name, region, state: known?.state ?? 'not there', since };
  });
}

function verdictOf(alarms: readonly AlarmRow[]): Verdict {
  const on = alarms.filter(({ state }) => state === 'ALARM');
  if (on.length === 0)
    return { tone: 'good', text: `None of ${counted(alarms.length, 'alarm')} is on.`, because: [] };
  return {
    tone: 'bad',
    text: `${on.length} of ${counted(alarms.length, 'alarm')} ${on.length === 1 ? 'is' : 'are'} on.`,
    because: on.map(({ name, region }) => `${name} in ${region}`),
  };
}

interface Frame {
  readonly id: string;
  readonly to: number;
  readonly minutes: number;
}

const HEIGHT = 260;

function figure(graph: Graph, frame: Frame): Html {
  const { widget, lines, unread } = graph;
  const title = widget.title ?? '';
  const named = lines.map(({ label, axis: side }) => (side === 'right' ? `${label} (right axis)` : label));
  const limits = widget.annotations?.horizontal ?? [];
  const caption = [
    ...unread.map((region) => `${region} was not reached.`),
    ...(lines.length === 0 && unread.length === 0 ? ['There are no data.'] : []),
    ...limits.map(
      ({ label = '', value, yAxis }) =>
        `Dashed: ${label}, ${value}${yAxis === 'right' ? ' (right axis)' : ''}.`,
    ),
  ].join(' ');
  return html`<figure>
    <h2>${title}</h2>
    ${
      lines.length === 0
        ? NOTHING
        : html`${modelLegend(named)}
          ${renderChart({
            id: frame.id,
            title,
            description: named.join(', '),
            height: HEIGHT,
            option: (size) => option(graph, frame, size),
          })}`
    }
    <figcaption>${caption}</figcaption>
  </figure>`;
}

function option({ widget, lines }: Graph, { to, minutes }: Frame, size: Size): EChartsOption {
  const sides = (['left', 'right'] as const).map((side) => ({
    side,
    limits: (widget.annotations?.horizontal ?? []).filter(({ yAxis = 'left' }) => yAxis === side),
    values: lines
      .filter((one) => one.axis === side)
      .flatMap(({ points }) => points.map(([, value]) => value)),
    most: widget.yAxis?.[side]?.max,
  }));
  const isTwoSided = sides.some(({ side, values }) => side === 'right' && values.length > 0);
  const room = grid(size);
  const step = roundedUp(minutes / (size === 'wide' ? 6 : 3));
  return {
    grid: { ...room, right: isTwoSided ? room.left : room.right },
    xAxis: axis('emulated minutes before now', {
      ...{ type: 'value', min: -minutes, max: 0, interval: step },
      axisLabel: { ...axis('').axisLabel, formatter: (value: number) => String(-value) },
    }),
    yAxis: sides.map(({ side, values, limits, most }) => ({
      ...axis(''),
      ...upTo(most ?? roundedUp(Math.max(...values, ...limits.map(({ value }) => value), 0))),
      show: side === 'left' || isTwoSided,
      splitLine: { show: side === 'left', lineStyle: { color: 'var(--grid)' } },
    })),
    series: [
      ...lines.map((one, index) => series(one, index, { to, periodMs: (widget.period ?? 60) * 1_000 })),
      ...sides.map(({ limits }, yAxisIndex): LineSeriesOption => ({
        ...{ type: 'line', yAxisIndex, data: [], silent: true },
        markLine: {
          ...{ symbol: 'none', silent: true, label: { show: false } },
          lineStyle: { color: 'var(--text)', width: 1, type: 'dashed', opacity: 1 },
          data: limits.map(({ value }) => ({ yAxis: value })),
        },
      })),
    ],
  };
}

/** A period without data breaks the line. */
function series(
  { points, axis: side }: GraphLine,
  index: number,
  { to, periodMs }: { readonly to: number; readonly periodMs: number },
): LineSeriesOption {
  const { colour, symbol, dash } = seriesStyle(index);
  const data = points.flatMap(([at, value], place) => {
    const before = points[place - 1]?.[0] ?? at;
    const x = (at - to) / 60_000;
    return [...(at - before > periodMs ? [[x, null]] : []), [x, value]];
  });
  return {
    ...{ type: 'line', silent: true, data, yAxisIndex: side === 'left' ? 0 : 1 },
    lineStyle: { color: colour, width: 2, type: dash, opacity: 1 },
    itemStyle: { color: colour, opacity: 1 },
    ...{ symbol: `path://${symbol}`, symbolSize: 5, showAllSymbol: true },
  };
}
