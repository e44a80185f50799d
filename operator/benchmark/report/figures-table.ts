import { columnsFor, type Column } from '../figures/columns';
import type { Figures } from '../figures/figures';
import type { Html } from '../../report/html';
import { table } from '../../report/table';

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
