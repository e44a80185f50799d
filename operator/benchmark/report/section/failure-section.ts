import { FAILURE_COLUMNS } from '../../figures/columns';
import { figuresOf, type Figures } from '../../figures/figures';
import { percent } from '../../figures/format';
import { groupBy } from '../../group-by';
import type { JudgedResult } from '../../result-file';
import type { Plan } from '../../result/plan';
import { FAILURE_COLOURS, failureChartHeight, failureOption, highestRate } from '../chart/failure-chart';
import { figuresTable } from '../figures-table';
import { html, type Html } from '../html';
import { colourLegend } from '../legend';
import { renderChart } from '../render-chart';
import { groupTitle } from './group-title';

/** Characters that a phone's width has room for. */
const LABEL_LENGTH = 44;

/** Throttles and errors, which are in no latency. */
export function failureSection(result: JudgedResult): Html {
  const figures = figuresOf(result);
  const all = figures.filter(({ type }) => type === null);
  const max = highestRate(all);
  const groups = groupBy(all, ({ region, api }) => JSON.stringify([region, api]));
  return html`<section>
    <h2>Errors</h2>
    <p>
      Shares of all measured calls, each of which was sent once and not retried. For each model the upper bar
      is of throttled calls, the lower one of errors; lines are 95&nbsp;% intervals.
    </p>
    ${colourLegend(FAILURE_COLOURS)}${groups.map((group, place) => chartOf(group, result.plan, { place, max }))}
    ${figuresTable('Failures and stop reasons by model, region, API and request type', figures, FAILURE_COLUMNS)}
  </section>`;
}

function chartOf(
  group: readonly [Figures, ...Figures[]],
  plan: Plan,
  { place, max }: { readonly place: number; readonly max: number },
): Html {
  const title = groupTitle('Throttled and failed calls', plan, group[0]);
  const bars = group.map(({ model, ...rates }) => ({ ...rates, label: shorten(model) }));
  const chart = renderChart({
    id: `failures-${place}`,
    title,
    description: group.map(describe).join(' '),
    option: (size) => failureOption(bars, max, size),
    height: failureChartHeight(bars),
  });
  return html`<figure>
    <h3>${title}</h3>
    ${chart}
  </figure>`;
}

const describe = ({ model, throttleRate, errorRate }: Figures): string =>
  `${model}: ${percent(throttleRate.value)} throttled, ${percent(errorRate.value)} errors.`;

/** The end of a model's id says more than its start. */
const shorten = (model: string): string =>
  model.length <= LABEL_LENGTH ? model : `…${model.slice(1 - LABEL_LENGTH)}`;
