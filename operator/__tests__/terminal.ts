import { stripVTControlCharacters } from 'node:util';
import { layOut, type Block } from '../command/layout';

/** Acts as on a terminal so wide; afterwards the streams are as before. */
export async function onTerminal<T>(columns: number, act: () => T | Promise<T>): Promise<T> {
  const streams = [process.stdout, process.stderr].map((stream) => {
    const { isTTY, columns: before } = stream;
    return { stream, before: { isTTY, columns: before } };
  });
  for (const { stream } of streams) Object.assign(stream, { isTTY: true, columns });
  try {
    return await act();
  } finally {
    for (const { stream, before } of streams) Object.assign(stream, before);
  }
}

/** What a terminal would show, or, without a width, a pipe. */
export const textOf = (blocks: readonly Block[], columns = Infinity): string =>
  layOut(blocks, columns).join('\n');

/** Columns of the longest line. */
export const widthOf = (text: string): number =>
  Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));
