import Table from 'cli-table3';

/** What the operator asked for, on standard output. */
export function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What happens meanwhile, on standard error, so that output can be piped. */
export function note(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** What `--json` prints. */
export function tellJson(value: unknown): void {
  tell(JSON.stringify(value, null, 2));
}

/** Whether a stream shows colours and bars: a terminal, and NO_COLOR (https://no-color.org) unset or empty. */
export const isColourful = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && (process.env.NO_COLOR ?? '') === '';

/** Columns of a terminal that nobody has widened. */
const WIDTH = 80;

/** Columns that a cell's frame takes: a line and a blank on each side. */
const FRAME = 3;

/** A table of at most 80 columns: the widest column is wrapped where they would be more. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(widestLine)),
  );
  const excess = widths.reduce((sum, width) => sum + width + FRAME, 1) - WIDTH;
  const widest = widths.indexOf(Math.max(...widths));
  const left = Math.max(10, Math.max(...widths) - excess);
  const longestWord = Math.max(...rows.flatMap((row) => (row[widest] ?? '').split(/\s/)).map(widestLine));
  const cells = new Table({
    head: [...head],
    style: { head: isColourful(process.stdout) ? ['bold'] : [], border: [], compact: true },
    ...(excess > 0 && {
      colWidths: widths.map((width, column) => (column === widest ? left : width) + 2),
      wordWrap: true,
      // A word that fits nowhere, such as an ARN, would be cut off.
      wrapOnWordBoundary: longestWord <= left,
    }),
  });
  cells.push(...rows.map((row) => [...row]));
  return cells.toString();
}

const widestLine = (cell: string): number => Math.max(...cell.split('\n').map((line) => line.length));
