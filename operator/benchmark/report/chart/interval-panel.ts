import type { LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { seriesStyle } from '../../../report/style';
import type { Estimate } from '../../measure/statistics/rate';
import type { Distribution } from '../../measure/statistics/summary';

const PERCENTILES = ['p50', 'p95', 'p99'] as const;
const SECOND = { xAxisIndex: 1, yAxisIndex: 1 } as const;

interface Row {
  readonly index: number;
  readonly distribution: Pick<Distribution, (typeof PERCENTILES)[number]>;
}

/**
 * A group of rows for each percentile, in the chart's second grid (3 high): a model's point with a line from end to
 * end of its interval, which has an arrow where it is not bounded.
 * @param max end of the axis
 */
export const intervalSeries = (
  rows: readonly Row[],
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
