import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** What the operator asked for, on standard output. */
export function tell(...lines: readonly string[]): void {
  write(process.stdout, fitted(process.stdout, lines));
}

/** As `tell`, of what is copied or read by programs: no line is broken, however long. */
export function tellExactly(...lines: readonly string[]): void {
  write(process.stdout, lines);
}

/** What happens meanwhile, on standard error, so that output can be piped. */
export function note(...lines: readonly string[]): void {
  write(process.stderr, fitted(process.stderr, lines));
}

/** What `--json` prints. */
export function tellJson(value: unknown): void {
  tellExactly(JSON.stringify(value, null, 2));
}

function write(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(`${lines.join('\n')}\n`);
}

/** On a terminal, lines are as long as it is wide; in a pipe they are whole, for those who search them. */
export const fitted = (stream: NodeJS.WriteStream, lines: readonly string[]): readonly string[] =>
  stream.isTTY ? lines.flatMap((line) => wrap(line, columnsOf(stream))) : lines;

/** Whether a stream shows colours and bars: a terminal, and NO_COLOR (https://no-color.org) unset or empty. */
export const isColourful = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && (process.env.NO_COLOR ?? '') === '';

/** Columns of a terminal that nobody has widened. */
export const WIDTH = 80;

/** A terminal that does not say how wide it is has none, or 0. */
const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream): number =>
  isTTY && columns > 0 ? columns : WIDTH;

/** What is copied as a whole, with the blanks before it: a name or an ARN, a command to its end, what stands in backticks. */
const UNBROKEN =
  /(\s*)(npm run (?:--silent )?assistant -- [^`"')\n]*[^`"')\n\s]|(?:[^\s`]*`[^`\n]*`)+[^\s`]*|\S+)/g;

/** Lines of at most so many characters, as far indented as their first: broken at blanks alone, so that one word may be longer. */
export function wrap(text: string, width = WIDTH): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    if (shownLength(paragraph) <= width) return [paragraph];
    const [indent = ''] = /^\s*/.exec(paragraph) ?? [];
    const lines: string[] = [];
    let line = '';
    for (const [piece, , word = ''] of paragraph.matchAll(UNBROKEN)) {
      if (line === '' || shownLength(line + piece) <= width) line += piece;
      else {
        lines.push(line);
        line = indent + word;
      }
    }
    return [...lines, line];
  });
}

/** Columns that a cell takes besides its text: a line, and where there is room a blank on each side. */
const FRAMES = [3, 1] as const;

/**
 * A table as wide as the terminal: the widest columns are wrapped where they would be more, between words alone. Where
 * words would be broken, it is a list of its cells by their names.
 * @param rows a row of one cell is a heading over all columns
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title, column) => [
    title,
    ...rows.map((row) => (row.length === 1 ? '' : (row[column] ?? ''))),
  ]);
  const least = columns.map((cells) => Math.max(...cells.map(longestWord)));
  const width = columnsOf(process.stdout);
  const headings = Math.max(0, ...rows.map((row) => (row.length === 1 ? longestWord(row.join()) : 0)));
  const frame = FRAMES.find(
    (each) => sum(least) <= width - 1 - each * head.length && headings <= width - 1 - each,
  );
  if (frame === undefined) return records(head, rows, width);
  const widths = columns.map((cells) => Math.max(...cells.map(longestLine)));
  while (sum(widths) > width - 1 - frame * head.length) {
    const widest = Math.max(...widths.filter((each, column) => each > (least[column] ?? 0)));
    const column = widths.findIndex((each, index) => each === widest && each > (least[index] ?? 0));
    widths[column] = widest - 1;
  }
  const padding = (frame - 1) / 2;
  const cells = new Table({
    head: head.map((title, column) => wrap(title, widths[column]).join('\n')),
    style: {
      ...{ head: isColourful(process.stdout) ? ['bold'] : [], border: [], compact: true },
      ...{ 'padding-left': padding, 'padding-right': padding },
    },
  });
  for (const row of rows) {
    const [heading = ''] = row;
    if (row.length === 1)
      cells.push([{ colSpan: head.length, content: wrap(heading, width - 1 - frame).join('\n') }]);
    else cells.push(row.map((cell, column) => wrap(cell, widths[column]).join('\n')));
  }
  return cells.toString();
}

/** A line for each cell that is not empty, and an empty one between rows. */
const records = (head: readonly string[], rows: readonly (readonly string[])[], width: number): string =>
  rows
    .map((row) =>
      row.length === 1
        ? row.join()
        : row
            .map((cell, column) => [oneLine(head[column] ?? ''), oneLine(cell)] as const)
            .filter(([, cell]) => cell !== '')
            .flatMap(([name, cell]) => wrap(name === '' ? cell : `${name}: ${cell}`, width))
            .join('\n'),
    )
    .join('\n\n');

const oneLine = (cell: string): string => cell.replaceAll('\n', ' / ');

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Without what makes it bold. */
const shownLength = (text: string): number => stripVTControlCharacters(text).length;

const longestLine = (cell: string): number => Math.max(...cell.split('\n').map(shownLength));

const longestWord = (cell: string): number =>
  Math.max(0, ...[...cell.matchAll(UNBROKEN)].map(([, , word = '']) => shownLength(word)));
