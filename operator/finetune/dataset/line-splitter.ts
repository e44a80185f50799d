const NEWLINE = 0x0a;

/** A line without its newline. `bytes` is undefined where the line was too long to be kept. */
export interface Line {
  /** 1 for the first. */
  readonly number: number;
  readonly bytes: Buffer | undefined;
  /** Of the whole line, kept or not. */
  readonly length: number;
}

/**
 * Cuts chunks of bytes into lines. Node's own readline keeps a line whatever its length; this one lets go of a
 * line that grows too long, so that a file without newlines does not fill the memory.
 */
export class LineSplitter {
  private parts: Buffer[] = [];
  private length = 0;
  private number = 0;

  /** @param onLine gets each line; its bytes are only valid during the call */
  constructor(
    private readonly maxLineBytes: number,
    private readonly onLine: (line: Line) => void,
  ) {}

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.append(chunk.subarray(start, end));
      this.finishLine();
      start = end + 1;
    }
    if (start < chunk.length) this.append(chunk.subarray(start));
  }

  /** Ends the last line, where no newline does. */
  end(): void {
    if (this.length > 0) this.finishLine();
  }

  private append(part: Buffer): void {
    this.length += part.length;
    if (this.length > this.maxLineBytes) this.parts = [];
    else this.parts.push(part);
  }

  private finishLine(): void {
    const { parts, length } = this;
    this.number += 1;
    this.parts = [];
    this.length = 0;
    const [only] = parts;
    const joined = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    const bytes = length > this.maxLineBytes ? undefined : joined;
    this.onLine({ number: this.number, bytes, length });
  }
}
