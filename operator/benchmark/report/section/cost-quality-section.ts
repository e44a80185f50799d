import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { perThousand } from '../../compare/metrics';
import { COST_COLUMNS, QUALITY_COLUMNS } from '../../figures/columns';
import { figuresOf, figuresOfType, typesOf, type Figures } from '../../figures/figures';
import { percent, usd } from '../../figures/format';
import { groupBy } from '../../../statistics/group-by';
import type { Estimate } from '../../measure/statistics/rate';
import type { JudgedResult } from '../../result-file';
import type { Plan } from '../../result/plan';
import { figuresTable, groupTitle } from './figures-table';
import { html, type Html } from '../../../report/html';
import {
  axis,
  grid,
  modelLegend,
  renderChart,
  roundedUp,
  shareLabel,
  type Size,
  upTo,
} from '../../../report/chart';
import { seriesStyle } from '../../../report/style';

/** For each request type, what the models' answers cost and what they are worth. */
export function costQualitySection(result: JudgedResult): Html {
  const { plan, prices } = result;
  const groups = typesOf(result).flatMap((type) =>
    groupBy(figuresOfType(result, type), ({ region, api }) => JSON.stringify([region, api])),
  );
  return html`<section>
    <h2>Cost and quality</h2>
    <p>
      Quality is the share of each question’s expectations that an answer met, averaged over the questions;
      its interval is for questions like these. Cost is by reported tokens and prices of ${prices.date}
      (${prices.source}). Better is further up and further left; lines are 95&nbsp;% intervals.
    </p>
    ${modelLegend(plan.models)}${groups.map((group, place) => chartOf(group, plan, place))}
    ${figuresTable('Cost and quality by model, region, API and request type', figuresOf(result), [...COST_COLUMNS, ...QUALITY_COLUMNS])}
  </section>`;
}

function chartOf(group: readonly [Figures, ...Figures[]], plan: Plan, place: number): Html {
  const points = group.flatMap((figures) => pointOf(figures, plan));
  const title = groupTitle(`Cost against quality, ${group[0].type ?? ''}`, plan, group[0]);
  if (points.length === 0) {
    return html`<h3>${title}</h3>
      <p class="muted">
        Nothing to draw: no model has both a known price and a question of this type that expects something.
      </p>`;
  }
  const chart = renderChart({
    id: `cost-quality-${place}`,
    title,
    description: points.map(describe).join(' '),
    option: (size) => costQualityOption(points, size),
  });
  return html`<figure>
    <h3>${title}</h3>
    ${chart}
  </figure>`;
}

function pointOf({ model, costUsd, score }: Figures, { models }: Plan): readonly CostQualityPoint[] {
  const cost = perThousand(costUsd);
  if (cost === null || score === null) return [];
  return [{ model, index: models.indexOf(model), cost, quality: score }];
}

const describe = ({ model, cost, quality }: CostQualityPoint): string =>
  `${model}: ${usd(cost.value)} for 1,000 answers, ${percent(quality.value)} of expectations met.`;

/** A model’s answers. */
interface CostQualityPoint {
  readonly model: string;
  /** Place of the model in the plan. */
  readonly index: number;
  /** US dollars of 1,000 answers. */
  readonly cost: Estimate;
  /** Share of expectations met. */
  readonly quality: Estimate;
}

/** Cost to the right, quality upwards; thin lines are the 95 % intervals of both. */
function costQualityOption(points: readonly CostQualityPoint[], size: Size): EChartsOption {
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
