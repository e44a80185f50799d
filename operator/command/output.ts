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
export const WIDTH = 80;

/** Columns that a cell's frame takes: a line and a blank on each side. */
const FRAME = 3;

/** Lines of at most so many characters: broken at blanks, and within a word only where no line would hold it. */
export function wrap(text: string, width = WIDTH): readonly string[] {
  const most = width - 1;
  // A long name or ARN is best broken after one of its separators.
  const line = new RegExp(
    `\\S(?:.{0,${most}}(?<!\\s)(?=\\s|$)|\\S{0,${most}}(?<=[-.:/,])|\\S{${most}})`,
    'g',
  );
  return text.split('\n').flatMap((paragraph) => paragraph.match(line) ?? ['']);
}

/**
 * A table of at most 80 columns: the widest columns are wrapped where they would be more.
 * @param rows a row of one cell is a heading over all columns
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => (row.length === 1 ? '' : (row[column] ?? '')))].map(widestLine)),
  );
  const most = WIDTH - 1 - FRAME * head.length;
  while (sum(widths) > most) {
    const widest = Math.max(...widths);
    widths[widths.indexOf(widest)] = widest - 1;
  }
  const cells = new Table({
    head: head.map((title, column) => wrap(title, widths[column]).join('\n')),
    style: { head: isColourful(process.stdout) ? ['bold'] : [], border: [], compact: true },
  });
  for (const row of rows) {
    const [heading = ''] = row;
    if (row.length === 1)
      cells.push([{ colSpan: head.length, content: wrap(heading, WIDTH - 1 - FRAME).join('\n') }]);
    else cells.push(row.map((cell, column) => wrap(cell, widths[column]).join('\n')));
  }
  return cells.toString();
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const widestLine = (cell: string): number => Math.max(...cell.split('\n').map((line) => line.length));
