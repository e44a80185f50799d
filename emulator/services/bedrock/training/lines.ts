import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/** A line is longer than it may be. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';

  /** @param line its number, from 1 */
  constructor(readonly line: number) {
    super(`Line ${line} is too long.`);
  }
}

/**
 * The lines of a file, without their ends, never holding more of it than one line and one chunk.
 * A newline at the end of the file does not begin another line.
 * @param maxBytes the longest line allowed
 * @throws LineTooLongError
 */
export async function* linesOf(source: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let line = 1;
  const take = (piece: Buffer): void => {
    pendingBytes += piece.length;
    if (pendingBytes > maxBytes) throw new LineTooLongError(line);
    pending.push(piece);
  };
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      take(bytes.subarray(from, at));
      yield Buffer.concat(pending);
      [pending, pendingBytes, from] = [[], 0, at + 1];
      line += 1;
    }
    take(bytes.subarray(from));
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}
