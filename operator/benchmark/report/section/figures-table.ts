import { columnsFor, type Column } from '../../figures/columns';
import type { Figures } from '../../figures/figures';
import type { Plan } from '../../result/plan';
import type { Html } from '../../../report/html';
import { table } from '../../../report/table';

/** The figures as a table; columns of which nothing is known are left out. */
export function figuresTable(caption: string, figures: readonly Figures[], columns: readonly Column[]): Html {
  const shown = columnsFor(figures, columns);
  return table({
    caption,
    head: shown.map(({ head }) => head),
    rows: figures.map((row) =>
      shown.map(({ value, interval }) => ({ text: value(row), interval: interval?.(row) })),
    ),
  });
}

/** @returns e.g. `Total latency, us-east-1, converse`: what tells the group from others of the plan */
export function groupTitle(
  name: string,
  { regions, apis }: Pick<Plan, 'regions' | 'apis'>,
  { region, api }: Pick<Figures, 'region' | 'api'>,
): string {
  return [name, ...(regions.length > 1 ? [region] : []), ...(apis.length > 1 ? [api] : [])].join(', ');
}
