import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { axis, grid, upTo, type Size } from './chart';

export interface Bar {
  readonly value: number;
  /** Where a thin line over the bar begins and ends: an interval, or the least and the most. */
  readonly from: number;
  readonly to: number;
  /** A CSS value. */
  readonly colour: string;
}

/** A name and two bars below it, whose order never changes: colour is not alone. */
export interface BarRow {
  readonly label: string;
  readonly bars: readonly [Bar, Bar];
}

/** Pixels of one row. */
const ROW = 56;
const BAR = 11;

export const barsChartHeight = (rows: readonly BarRow[]): number => 72 + ROW * rows.length;

interface Axis {
  readonly name: string;
  readonly max: number;
  readonly format: (value: number) => string;
}

export const barsOption = (rows: readonly BarRow[], across: Axis, size: Size): EChartsOption => ({
  grid: { ...grid(size, 16), top: 8 },
  xAxis: axis(across.name, {
    ...upTo(across.max),
    axisLabel: { ...axis('').axisLabel, formatter: across.format },
  }),
  yAxis: { type: 'value', inverse: true, show: false, min: 0, max: rows.length },
  series: rows.flatMap(({ label, bars: [upper, lower] }, row) => [
    name(label, row + 0.22),
    ...bar(upper, row + 0.5),
    ...bar(lower, row + 0.76),
  ]),
});

function name(label: string, y: number): ScatterSeriesOption {
  return {
    ...{ type: 'scatter', symbolSize: 0.1, silent: true, clip: false, data: [[0, y]] },
    itemStyle: { color: 'transparent', opacity: 1 },
    label: {
      ...{ show: true, formatter: () => label, position: 'right', distance: 2 },
      ...{ color: 'var(--text)', fontFamily: 'system-ui, sans-serif', fontSize: 12 },
    },
  };
}

function bar({ value, from, to, colour }: Bar, y: number): readonly LineSeriesOption[] {
  const line = (begin: number, end: number, lineStyle: LineSeriesOption['lineStyle']): LineSeriesOption => ({
    ...{ type: 'line', symbol: 'none', silent: true, clip: false },
    lineStyle: { cap: 'butt', ...lineStyle },
    data: [
      [begin, y],
      [end, y],
    ],
  });
  return [
    line(0, value, { color: colour, width: BAR }),
    line(from, to, { color: 'var(--text)', width: 1.5 }),
  ];
}
