import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { axis, grid, roundedUp, upTo, type Size } from './chart';

/** A value for each moment; a CSS colour. */
export interface TimeSeries {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

export interface Timeline {
  /** Of the time axis, with its unit. */
  readonly axisName: string;
  readonly begin: number;
  readonly end: number;
  readonly events: readonly { readonly at: number; readonly text: string }[];
  readonly plot: Plot;
}

export type Plot =
  /** Areas on top of each other, each point of which holds until the next one; all have points at the same moments. */
  | { readonly kind: 'stacked'; readonly series: readonly TimeSeries[] }
  /** Lines over a logarithmic axis, which ends at powers of ten. */
  | { readonly kind: 'logarithmic'; readonly series: readonly TimeSeries[] };

/** Pixels. Every event has a row of its own above the plot, so that no two labels can meet. */
const [TOP, ROW, PLOT, BOTTOM] = [4, 17, 190, 48];

export const timelineHeight = ({ events }: Timeline): number => TOP + ROW * events.length + PLOT + BOTTOM;

/** What happened over time, and above it when events were. */
export function timelineOption({ axisName, begin, end, events, plot }: Timeline, size: Size): EChartsOption {
  const { left, right } = grid(size);
  const step = roundedUp((end - begin) / (size === 'wide' ? 10 : 5));
  // Steps count from the axis's begin: 0 is to be one of them.
  const across = { type: 'value', min: Math.floor(begin / step) * step, max: end, interval: step } as const;
  const labels = { showMaxLabel: end % step === 0 };
  const below = TOP + ROW * events.length;
  return {
    grid: [
      { left, right, top: TOP, height: ROW * events.length },
      { left, right, top: below, height: PLOT },
    ],
    xAxis: [
      { ...across, show: false },
      axis(axisName, { ...across, gridIndex: 1, axisLabel: { ...axis('').axisLabel, ...labels } }),
    ],
    yAxis: [
      { type: 'value', inverse: true, show: false, min: 0, max: Math.max(1, events.length) },
      { ...axis(''), gridIndex: 1, ...upwards(plot) },
    ],
    series: [
      ...seriesOf(plot, end),
      ...events.flatMap((event, row) => eventSeries(event, row, { begin, end, rows: events.length })),
      // Above the areas, which would cover it.
      { ...IN_PLOT, data: [], markLine: { ...EVENT_LINE, data: events.map(({ at }) => ({ xAxis: at })) } },
    ],
  };
}

const SILENT = { type: 'line', symbol: 'none', silent: true } as const;
const IN_PLOT = { ...SILENT, xAxisIndex: 1, yAxisIndex: 1, z: 3 } as const;
const DASHED = { color: 'var(--muted)', width: 1, type: 'dashed', opacity: 1 } as const;
const EVENT_LINE = { symbol: 'none', silent: true, label: { show: false }, lineStyle: DASHED };

function upwards({ kind, series }: Plot) {
  const values = series
    .flatMap(({ points }) => points.map(([, value]) => value))
    .filter((value) => value > 0);
  if (kind === 'logarithmic') {
    const power = (value: number, round: (exponent: number) => number) => 10 ** round(Math.log10(value));
    return {
      type: 'log' as const,
      min: power(Math.min(...values, 10), Math.floor),
      max: power(Math.max(...values, 100), Math.ceil),
    };
  }
  const most = Math.max(1, ...cumulated(series).flatMap(({ points }) => points.map(([, value]) => value)));
  return upTo(roundedUp(most));
}

/** Each series with those below it added. */
const cumulated = (series: readonly TimeSeries[]): readonly TimeSeries[] =>
  series.map((one, place) => ({
    ...one,
    points: one.points.map(
      ([at], index) =>
        [
          at,
          series.slice(0, place + 1).reduce((sum, { points }) => sum + (points[index]?.[1] ?? 0), 0),
        ] as const,
    ),
  }));

function seriesOf({ kind, series }: Plot, end: number): readonly LineSeriesOption[] {
  if (kind === 'logarithmic') {
    return series.map(({ colour, points }) => ({
      ...IN_PLOT,
      lineStyle: { color: colour, width: 1.5, opacity: 1 },
      data: points.filter(([, value]) => value > 0).map((point) => [...point]),
    }));
  }
  // The highest first, so that each covers what it holds of those above.
  return cumulated(series)
    .toReversed()
    .map(({ colour, points }) => ({
      ...IN_PLOT,
      step: 'end' as const,
      lineStyle: { width: 0, color: colour },
      areaStyle: { color: colour, opacity: 1 },
      data: [...points.map((point) => [...point]), [end, points.at(-1)?.[1] ?? 0]],
    }));
}

function eventSeries(
  { at, text }: Timeline['events'][number],
  row: number,
  { begin, end, rows }: { readonly begin: number; readonly end: number; readonly rows: number },
): readonly (LineSeriesOption | ScatterSeriesOption)[] {
  const isLate = at - begin > (end - begin) / 2;
  return [
    {
      ...SILENT,
      lineStyle: DASHED,
      data: [
        [at, row + 0.1],
        [at, rows],
      ],
    },
    {
      ...{ type: 'scatter', symbolSize: 0.1, silent: true, clip: false, z: 4, data: [[at, row + 0.5]] },
      itemStyle: { color: 'transparent', opacity: 1 },
      label: {
        ...{ show: true, formatter: () => text, position: isLate ? 'left' : 'right', distance: 4 },
        ...{ color: 'var(--text)', fontFamily: 'system-ui, sans-serif', fontSize: 12 },
        ...{ backgroundColor: 'var(--background)', padding: [1, 2] },
      },
    },
  ];
}
