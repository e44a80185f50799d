import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import type { Estimate } from '../../measure/statistics/estimate';
import type { Size } from '../render-chart';
import { axis, grid, roundedUp, shareLabel } from './axes';

/** A model in a region by an API. */
export interface FailureBars {
  readonly label: string;
  readonly throttleRate: Estimate;
  readonly errorRate: Estimate;
}

/** CSS values. Throttles stand above errors in every row, so that colour is not alone. */
export const FAILURE_COLOURS = { throttled: 'var(--series-5)', errors: 'var(--series-4)' } as const;

/** Pixels of one model: its name and two bars. */
const ROW = 56;
const BAR = 11;

export const failureChartHeight = (rows: readonly FailureBars[]): number => 72 + ROW * rows.length;

/** @returns the end of an axis that has room for all intervals */
export function highestRate(rows: readonly Omit<FailureBars, 'label'>[]): number {
  const ends = rows.flatMap(({ throttleRate, errorRate }) => [throttleRate, errorRate]);
  return Math.min(1, roundedUp(Math.max(0.01, ...ends.map(({ interval }) => interval.upper ?? 1))));
}

/**
 * For each model its name and below it two bars, with their 95 % intervals as thin lines.
 * @param max end of the axis, a share
 */
export function failureOption(rows: readonly FailureBars[], max: number, size: Size): EChartsOption {
  return {
    grid: { ...grid(size, 16), top: 8 },
    xAxis: axis('Share of calls', {
      ...{ type: 'value', min: 0, max, splitNumber: size === 'wide' ? 8 : 4 },
      axisLabel: { ...shareLabel, formatter: (share: number) => `${Number((share * 100).toPrecision(3))} %` },
    }),
    yAxis: { type: 'value', inverse: true, show: false, min: 0, max: rows.length },
    series: rows.flatMap(({ label, throttleRate, errorRate }, row) => [
      name(label, row + 0.22),
      ...bar(throttleRate, row + 0.5, FAILURE_COLOURS.throttled),
      ...bar(errorRate, row + 0.76, FAILURE_COLOURS.errors),
    ]),
  };
}

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

function bar({ value, interval }: Estimate, y: number, color: string): readonly LineSeriesOption[] {
  const line = (from: number, to: number, lineStyle: LineSeriesOption['lineStyle']): LineSeriesOption => ({
    ...{ type: 'line', symbol: 'none', silent: true, clip: false },
    lineStyle: { cap: 'butt', ...lineStyle },
    data: [
      [from, y],
      [to, y],
    ],
  });
  return [
    line(0, value, { color, width: BAR }),
    line(interval.lower ?? 0, interval.upper ?? 1, { color: 'var(--text)', width: 1.5 }),
  ];
}
