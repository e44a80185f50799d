import { counted } from '../../../command/words';
import { LATENCY_COLUMNS, SPEED_COLUMNS } from '../../figures/columns';
import { figuresOf } from '../../figures/figures';
import { milliseconds } from '../../figures/format';
import { groupBy } from '../../../statistics/group-by';
import { distribution } from '../../measure/statistics/summary';
import type { JudgedResult } from '../../result-file';
import type { Call } from '../../result/result';
import { lastShown, latencyChartHeight, latencyOption, type LatencySeries } from './latency-chart';
import { figuresTable, groupTitle } from './figures-table';
import { html, NOTHING, type Html } from '../../../report/html';
import { modelLegend, renderChart } from '../../../report/chart';

const KINDS = [
  { name: 'Total latency', id: 'total', read: ({ totalMs }: Call) => totalMs },
  { name: 'Time to first token', id: 'first-token', read: ({ ttftMs }: Call) => ttftMs },
] as const;

/** Distributions of the answered calls' latencies, by region and API, and their figures. */
export function latencySection(result: JudgedResult): Html {
  const answered = result.calls.filter(({ warmup, outcome }) => !warmup && outcome === 'answered');
  const charts = groupBy(answered, ({ region, api }) => JSON.stringify([region, api])).flatMap(
    (calls, place) => KINDS.map((kind) => chartOf(result, calls, kind, place)),
  );
  return html`<section>
    <h2>Latency</h2>
    <p>
      Of answered calls. A curve tells the share of calls that took at most so long: the further left, the
      faster. Below it are p50, p95 and p99 with their 95&nbsp;% intervals, where the true ones are to be
      expected; an arrow means that so few calls give no upper bound, or that it lies beyond the edge.
    </p>
    ${modelLegend(result.plan.models)}${charts}
    ${figuresTable('Latency by model, region, API and request type', figuresOf(result), [...SPEED_COLUMNS, ...LATENCY_COLUMNS])}
  </section>`;
}

function chartOf(
  { plan }: JudgedResult,
  calls: readonly [Call, ...Call[]],
  { name, id, read }: (typeof KINDS)[number],
  place: number,
): Html {
  const all = plan.models.flatMap((model, index): readonly LatencySeries[] => {
    const samples = calls.filter((call) => call.model === model).flatMap((call) => read(call) ?? []);
    const known = distribution(samples, { seed: plan.seed });
    if (known === null) return [];
    return [{ model, index, sorted: samples.toSorted((one, other) => one - other), distribution: known }];
  });
  if (all.length === 0) return NOTHING;
  const title = groupTitle(name, plan, calls[0]);
  const beyond = all.reduce((sum, { sorted }) => sum + sorted.filter((ms) => ms > lastShown(all)).length, 0);
  const chart = renderChart({
    id: `${id}-${place}`,
    title,
    description: all.map(describe).join(' '),
    option: (size) => latencyOption(all, `${name} in milliseconds`, size),
    height: latencyChartHeight(all.length),
  });
  const note =
    beyond === 0 ? '' : ` ${counted(beyond, 'slower call lies', 'slower calls lie')} beyond the right edge.`;
  return html`<figure>
    <h3>${title}</h3>
    ${chart}
    <figcaption>${note}</figcaption>
  </figure>`;
}

const describe = ({ model, distribution: { samples, p50, p95, p99 } }: LatencySeries): string =>
  `${model}, ${counted(samples, 'call')}: p50 ${milliseconds(p50.value)}, p95 ${milliseconds(p95.value)}, p99 ${milliseconds(p99.value)}.`;
