import { layOut, type Block } from './layout';

/** What the operator asked for, on standard output. */
export function tell(...blocks: readonly Block[]): void {
  write(process.stdout, fitted(process.stdout, blocks));
}

/** As `tell`, of what is copied or read by programs: no line is broken, however long. */
export function tellExactly(...lines: readonly string[]): void {
  write(process.stdout, lines);
}

/** What happens meanwhile, on standard error, so that output can be piped. */
export function note(...blocks: readonly Block[]): void {
  write(process.stderr, fitted(process.stderr, blocks));
}

/** What `--json` prints. */
export function tellJson(value: unknown): void {
  tellExactly(JSON.stringify(value, null, 2));
}

function write(stream: NodeJS.WriteStream, lines: readonly string[]): void {
  stream.write(`${lines.join('\n')}\n`);
}

export const fitted = (stream: NodeJS.WriteStream, blocks: readonly Block[]): readonly string[] =>
  layOut(blocks, columnsOf(stream), isColourful(stream));

/** Whether a stream shows colours and bars: a terminal, and NO_COLOR (https://no-color.org) unset or empty. */
export const isColourful = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY && (process.env.NO_COLOR ?? '') === '';

/** Columns of a terminal that nobody has widened, and of help. */
export const WIDTH = 80;

/** On a terminal, lines are as long as it is wide; in a pipe they are whole, for those who search them. */
export const columnsOf = ({ isTTY, columns }: NodeJS.WriteStream): number =>
  // A terminal that does not say how wide it is has none, or 0.
  !isTTY ? Infinity : columns > 0 ? columns : WIDTH;
