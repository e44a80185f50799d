import { barsChartHeight, barsOption, type BarRow } from '../../../report/bars-chart';
import { html, type Html } from '../../../report/html';
import { colourLegend, renderChart, roundedUp } from '../../../report/chart';
import { FAILURE_COLUMNS } from '../../figures/columns';
import { figuresOf, type Figures } from '../../figures/figures';
import { percent } from '../../figures/format';
import { groupBy } from '../../../statistics/group-by';
import type { Estimate } from '../../measure/statistics/rate';
import type { JudgedResult } from '../../result-file';
import type { Plan } from '../../result/plan';
import { figuresTable, groupTitle } from './figures-table';

/** CSS values. */
const COLOURS = { throttled: 'var(--series-5)', errors: 'var(--series-4)' } as const;

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
    ${colourLegend(COLOURS)}${groups.map((group, place) => chartOf(group, result.plan, { place, max }))}
    ${figuresTable('Failures and stop reasons by model, region, API and request type', figures, FAILURE_COLUMNS)}
  </section>`;
}

function chartOf(
  group: readonly [Figures, ...Figures[]],
  plan: Plan,
  { place, max }: { readonly place: number; readonly max: number },
): Html {
  const title = groupTitle('Throttled and failed calls', plan, group[0]);
  const rows = group.map(barsOf);
  const chart = renderChart({
    id: `failures-${place}`,
    title,
    description: group.map(describe).join(' '),
    option: (size) => barsOption(rows, { name: 'Share of calls', max, format: shareOf }, size),
    height: barsChartHeight(rows),
  });
  return html`<figure>
    <h3>${title}</h3>
    ${chart}
  </figure>`;
}

const barsOf = ({ model, throttleRate, errorRate }: Figures): BarRow => ({
  label: shorten(model),
  bars: [barOf(throttleRate, COLOURS.throttled), barOf(errorRate, COLOURS.errors)],
});

const barOf = ({ value, interval }: Estimate, colour: string) => ({
  ...{ value, colour },
  from: interval.lower ?? 0,
  to: interval.upper ?? 1,
});

const shareOf = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** @returns the end of an axis that has room for all intervals */
function highestRate(all: readonly Figures[]): number {
  const ends = all.flatMap(({ throttleRate, errorRate }) => [throttleRate, errorRate]);
  return Math.min(1, roundedUp(Math.max(0.01, ...ends.map(({ interval }) => interval.upper ?? 1))));
}

const describe = ({ model, throttleRate, errorRate }: Figures): string =>
  `${model}: ${percent(throttleRate.value)} throttled, ${percent(errorRate.value)} errors.`;

/** The end of a model's id says more than its start. */
const shorten = (model: string): string =>
  model.length <= LABEL_LENGTH ? model : `…${model.slice(1 - LABEL_LENGTH)}`;
