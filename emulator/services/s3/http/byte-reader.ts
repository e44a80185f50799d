/** Reads a stream by lines and by counted bytes. */
export class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /**
   * @param maximum bytes that a line may have
   * @returns the text before the next CRLF; undefined where the stream ends first or the line is too long
   */
  async line(maximum: number): Promise<string | undefined> {
    for (;;) {
      const end = this.rest.indexOf('\r\n');
      if (end >= 0) {
        const line = this.rest.toString('latin1', 0, end);
        this.rest = this.rest.subarray(end + 2);
        return line;
      }
      if (this.rest.length > maximum || !(await this.more())) return undefined;
    }
  }

  /** @returns the next bytes, 1 to `maximum` of them; undefined at the end of the stream */
  async bytes(maximum: number): Promise<Buffer | undefined> {
    while (this.rest.length === 0) if (!(await this.more())) return undefined;
    const piece = this.rest.subarray(0, maximum);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  private async more(): Promise<boolean> {
    const next = await this.source.next();
    if (next.done) return false;
    this.rest = this.rest.length === 0 ? Buffer.from(next.value) : Buffer.concat([this.rest, next.value]);
    return true;
  }
}
