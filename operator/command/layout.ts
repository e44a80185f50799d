import { stripVTControlCharacters } from 'node:util';
import CliTable from 'cli-table3';
import { sumOf } from '../statistics/mean';

/** A line as long as its text; where it has to be broken, what follows begins at a column. */
interface Hanging {
  readonly text: string;
  readonly hang: number;
}

/** A row of one cell is a heading over all columns. */
interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What is drawn for a width; in a pipe, that is none. */
interface Drawing {
  readonly draw: (width: number) => string;
}

/**
 * A part of what is told, as long as it is: it is broken where it is written, once, by `layOut`. Of a plain line, what
 * follows is as far indented as its text begins, after blanks and a mark such as `- `.
 */
export type Block = string | Hanging | Table | Drawing;

/** @param hang the column at which further lines of the text begin, and what does not fit into one */
export const hanging = (text: string, hang: number): Block => ({ text, hang });

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  head,
  rows,
});

/** Columns that a line has for its text, however far it is indented. */
const LEAST = 20;

/** The lines of blocks, each of so many columns at most, unless a word is longer. */
export function layOut(blocks: readonly Block[], width: number, isBold = false): readonly string[] {
  const lines: string[] = [];
  let isAfterList = false;
  for (const block of blocks) {
    const { isList, laid } = linesOf(block, width, isBold);
    // A list has lines as its surroundings have, and would run into them.
    if ((isList || isAfterList) && laid[0] !== '' && ![undefined, ''].includes(lines.at(-1))) lines.push('');
    lines.push(...laid);
    isAfterList = isList;
  }
  return lines;
}

function linesOf(block: Block, width: number, isBold: boolean) {
  if (typeof block === 'string') return { isList: false, laid: wrap(block, width) };
  if ('draw' in block) return { isList: false, laid: block.draw(width).split('\n') };
  if ('text' in block) return { isList: false, laid: wrap(block.text, width, block.hang) };
  const drawn = drawTable(block, width, isBold);
  return { isList: drawn === undefined, laid: drawn ?? records(block, width) };
}

/** What is copied as a whole, with the blanks before it: a name or an ARN, a command to its end, what stands in backticks. */
const UNBROKEN =
  /(\s*)(npm run (?:--silent )?assistant -- [^`"')\n]*[^`"')\n\s]|(?:[^\s`]*`[^`\n]*`)+[^\s`]*|\S+)/g;

/** Blanks and a mark, after which a line's text begins. */
const BEGIN = /^\s*(?:[-+~/<=→✓✗!?]{1,3} +)?/;

/** Broken at blanks alone. */
function wrap(text: string, width: number, hang?: number): readonly string[] {
  return text.split('\n').flatMap((paragraph, index) => {
    const whole = hang !== undefined && index > 0 ? ' '.repeat(hang) + paragraph : paragraph;
    if (shownLength(whole) <= width) return [whole];
    const [begin = ''] = BEGIN.exec(whole) ?? [];
    const indent = ' '.repeat(Math.min(hang ?? begin.length, Math.max(0, width - LEAST)));
    const lines: string[] = [];
    let line = '';
    for (const [piece, , word = ''] of whole.matchAll(UNBROKEN)) {
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
 * The widest columns are wrapped where the table would be wider, between words alone.
 * @returns undefined where words would be broken
 */
function drawTable({ head, rows }: Table, width: number, isBold: boolean): readonly string[] | undefined {
  const columns = head.map((title, column) => [
    title,
    ...rows.map((row) => (row.length === 1 ? '' : (row[column] ?? ''))),
  ]);
  const least = columns.map((cells) => Math.max(...cells.map(longestWord)));
  const headings = Math.max(0, ...rows.map((row) => (row.length === 1 ? longestWord(row.join()) : 0)));
  const frame = FRAMES.find(
    (each) => sumOf(least) <= width - 1 - each * head.length && headings <= width - 1 - each,
  );
  if (frame === undefined) return undefined;
  const widths = columns.map((cells) => Math.max(...cells.map(longestLine)));
  while (sumOf(widths) > width - 1 - frame * head.length) {
    const widest = Math.max(...widths.filter((each, column) => each > (least[column] ?? 0)));
    const column = widths.findIndex((each, index) => each === widest && each > (least[index] ?? 0));
    widths[column] = widest - 1;
  }
  const wrapped = (cell: string, column: number): string => wrap(cell, widths[column] ?? width).join('\n');
  const padding = (frame - 1) / 2;
  const drawn = new CliTable({
    head: head.map(wrapped),
    style: {
      ...{ head: isBold ? ['bold'] : [], border: [], compact: true },
      ...{ 'padding-left': padding, 'padding-right': padding },
    },
  });
  for (const row of rows) {
    const [heading = ''] = row;
    if (row.length === 1)
      drawn.push([{ colSpan: head.length, content: wrap(heading, width - 1 - frame).join('\n') }]);
    else drawn.push(row.map(wrapped));
  }
  return drawn.toString().split('\n');
}

/** A table as a list of its cells by their names: a line for each that is not empty, and an empty one between rows. */
const records = ({ head, rows }: Table, width: number): readonly string[] =>
  rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...(row.length === 1
      ? wrap(row.join(), width)
      : row
          .map((cell, column) => [oneLine(head[column] ?? ''), oneLine(cell)] as const)
          .filter(([, cell]) => cell !== '')
          .flatMap(([name, cell]) => wrap(name === '' ? cell : `${name}: ${cell}`, width, 2))),
  ]);

const oneLine = (cell: string): string => cell.replaceAll('\n', ' / ');

/** Without what makes it bold. */
const shownLength = (text: string): number => stripVTControlCharacters(text).length;

const longestLine = (cell: string): number => Math.max(...cell.split('\n').map(shownLength));

const longestWord = (cell: string): number =>
  Math.max(0, ...[...cell.matchAll(UNBROKEN)].map(([, , word = '']) => shownLength(word)));
