import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { percentile } from '../../../statistics/percentile';
import type { Estimate } from '../../measure/statistics/rate';
import type { Distribution } from '../../measure/statistics/summary';
import { seriesStyle } from '../../../report/style';
import { type Size, axis, grid, roundedUp, shareLabel, upTo } from '../../../report/chart';

/** One model's latencies. */
export interface LatencySeries {
  readonly model: string;
  /** Place of the model in the plan. */
  readonly index: number;
  /** Milliseconds, ascending; one or more. */
  readonly sorted: readonly number[];
  readonly distribution: Distribution;
}

/** More points than a chart has pixels would only make the page heavier. */
const MAX_POINTS = 240;

/** Pixels. */
const CURVES = 230;
const [TOP, BETWEEN, BOTTOM, ROW] = [16, 22, 52, 9];

const panelHeight = (models: number): number => 3 * (models + 1.5) * ROW;

export const latencyChartHeight = (models: number): number =>
  TOP + CURVES + BETWEEN + panelHeight(models) + BOTTOM;

/**
 * Above, for each model the share of calls that took at most so long; below, over the same axis, its p50, p95 and p99
 * with their 95 % intervals.
 * @param name of the axis, with unit
 */
export function latencyOption(all: readonly LatencySeries[], name: string, size: Size): EChartsOption {
  const max = lastShown(all);
  const { left, right } = grid(size);
  const across = upTo(max);
  return {
    grid: [
      { left, right, top: TOP, height: CURVES },
      { left, right, top: TOP + CURVES + BETWEEN, height: panelHeight(all.length) },
    ],
    xAxis: [axis('', { ...across, axisLabel: { show: false } }), axis(name, { ...across, gridIndex: 1 })],
    yAxis: [
      axis('', { type: 'value', min: 0, max: 1, interval: 0.25, axisLabel: shareLabel, upTo }),
      { type: 'value', gridIndex: 1, inverse: true, min: 0, max: 3, interval: 1, show: false },
    ],
    series: [...all.map(curve), ...intervalSeries(all, max)],
  };
}

/** Where the axis ends: a few very slow calls do not squeeze all others to its start. */
export const lastShown = (all: readonly LatencySeries[]): number =>
  roundedUp(Math.max(...all.map(({ distribution: { p99 } }) => p99.value)) * 1.1);

function curve({ model, index, sorted }: LatencySeries): LineSeriesOption {
  const { colour, dash } = seriesStyle(index);
  const points = Math.min(sorted.length, MAX_POINTS);
  const data = Array.from({ length: points }, (_, point) => {
    const percent = ((point + 1) / points) * 100;
    return [percentile(sorted, percent), percent / 100];
  });
  return {
    ...{ type: 'line', name: model, step: 'end', symbol: 'none', silent: true, clip: true },
    lineStyle: { color: colour, width: 2, type: dash },
    data: [[sorted[0] ?? 0, 0], ...data],
  };
}

const PERCENTILES = ['p50', 'p95', 'p99'] as const;
const SECOND = { xAxisIndex: 1, yAxisIndex: 1 } as const;

/**
 * A group of rows for each percentile, in the chart's second grid (3 high): a model's point with a line from end to
 * end of its interval, which has an arrow where it is not bounded.
 * @param max end of the axis
 */
const intervalSeries = (
  rows: readonly LatencySeries[],
  max: number,
): readonly (LineSeriesOption | ScatterSeriesOption)[] =>
  PERCENTILES.flatMap((name, group) => [
    label(name, group + 0.5),
    ...rows.flatMap(({ index, distribution }, row) =>
      pointWithInterval(distribution[name], index, { y: group + (row + 1) / (rows.length + 1), max }),
    ),
  ]);

function pointWithInterval(
  { value, interval }: Estimate,
  index: number,
  { y, max }: { readonly y: number; readonly max: number },
): readonly (LineSeriesOption | ScatterSeriesOption)[] {
  const { colour, symbol } = seriesStyle(index);
  const point = {
    type: 'scatter',
    ...SECOND,
    silent: true,
    clip: false,
    itemStyle: { color: colour, opacity: 1 },
  } as const;
  const isCut = interval.upper === null || interval.upper > max;
  return [
    {
      ...{ type: 'line', ...SECOND, symbol: 'none', silent: true, clip: true },
      lineStyle: { color: colour, width: 2, cap: 'butt' },
      data: [
        [interval.lower ?? 0, y],
        [isCut ? max : interval.upper, y],
      ],
    },
    ...(isCut ? [{ ...point, symbol: 'triangle', symbolRotate: -90, symbolSize: 7, data: [[max, y]] }] : []),
    ...(value <= max ? [{ ...point, symbol: `path://${symbol}`, symbolSize: 8, data: [[value, y]] }] : []),
  ];
}

function label(name: string, y: number): ScatterSeriesOption {
  return {
    ...{ type: 'scatter', ...SECOND, symbolSize: 0.1, silent: true, clip: false, data: [[0, y]] },
    itemStyle: { color: 'transparent', opacity: 1 },
    label: {
      ...{ show: true, formatter: name, position: 'left', distance: 8 },
      ...{ color: 'var(--muted)', fontFamily: 'system-ui, sans-serif', fontSize: 12 },
    },
  };
}
