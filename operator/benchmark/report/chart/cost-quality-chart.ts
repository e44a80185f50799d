import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { seriesStyle } from '../../../report/style';
import { type Size, axis, grid, roundedUp, shareLabel, upTo } from '../../../report/chart';
import type { Estimate } from '../../measure/statistics/rate';

/** A model’s answers. */
export interface CostQualityPoint {
  readonly model: string;
  /** Place of the model in the plan. */
  readonly index: number;
  /** US dollars of 1,000 answers. */
  readonly cost: Estimate;
  /** Share of expectations met. */
  readonly quality: Estimate;
}

/** Cost to the right, quality upwards; thin lines are the 95 % intervals of both. */
export function costQualityOption(points: readonly CostQualityPoint[], size: Size): EChartsOption {
  const max = roundedUp(Math.max(...points.map(({ cost }) => cost.interval.upper ?? cost.value)) * 1.05);
  return {
    grid: grid(size),
    xAxis: axis('US dollars for 1,000 answers', upTo(max)),
    yAxis: axis('', { type: 'value', min: 0, max: 1, interval: 0.25, axisLabel: shareLabel, upTo }),
    series: points.flatMap((point) => [...whiskers(point, max), mark(point)]),
  };
}

function mark({ model, index, cost, quality }: CostQualityPoint): ScatterSeriesOption {
  const { colour, symbol } = seriesStyle(index);
  return {
    ...{
      type: 'scatter',
      name: model,
      symbol: `path://${symbol}`,
      symbolSize: 12,
      silent: true,
      clip: false,
    },
    itemStyle: { color: colour, opacity: 1 },
    data: [[cost.value, quality.value]],
  };
}

function whiskers({ index, cost, quality }: CostQualityPoint, max: number): readonly LineSeriesOption[] {
  const line = (from: readonly [number, number], to: readonly [number, number]): LineSeriesOption => ({
    ...{ type: 'line', symbol: 'none', silent: true, clip: true },
    lineStyle: { color: seriesStyle(index).colour, width: 1.5, opacity: 0.7 },
    data: [[...from], [...to]],
  });
  return [
    line([cost.interval.lower ?? 0, quality.value], [cost.interval.upper ?? max, quality.value]),
    line([cost.value, quality.interval.lower ?? 0], [cost.value, quality.interval.upper ?? 1]),
  ];
}
