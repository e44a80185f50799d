import { perThousand } from '../../compare/metrics';
import { COST_COLUMNS, QUALITY_COLUMNS } from '../../figures/columns';
import { figuresOf, figuresOfType, typesOf, type Figures } from '../../figures/figures';
import { percent, usd } from '../../figures/format';
import { groupBy } from '../../group-by';
import type { JudgedResult } from '../../result-file';
import type { Plan } from '../../result/plan';
import { costQualityOption, type CostQualityPoint } from '../chart/cost-quality-chart';
import { figuresTable } from '../figures-table';
import { html, type Html } from '../../../report/html';
import { modelLegend, renderChart } from '../../../report/chart';
import { groupTitle } from './group-title';

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
