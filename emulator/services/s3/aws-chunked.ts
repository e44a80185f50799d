import { AwsError } from '../../platform/http/aws-error';
import { incompleteBody } from './errors';

/** Bytes that every chunk but the last has at least. */
const MIN_CHUNK_BYTES = 8192;
/** Far more than a chunk's size or a checksum's trailer needs. */
const MAX_LINE_BYTES = 1024;

/**
 * The content of a body with the encoding `aws-chunked`, unsigned and with trailers:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @param trailers receives the header fields that follow the content, names in lower case
 * @throws AwsError 400 IncompleteBody, 403 InvalidChunkSizeError
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(body);
  const sizes: number[] = [];
  for (;;) {
    const size = sizeOf(await line(reader));
    if (size === 0) break;
    requireFullSize(sizes);
    sizes.push(size);
    for (let left = size; left > 0;) {
      const piece = await reader.bytes(left);
      if (piece === undefined) throw incompleteBody();
      left -= piece.length;
      yield piece;
    }
    if ((await line(reader)) !== '') throw incompleteBody();
  }
  for (let field = await line(reader); field !== ''; field = await line(reader)) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(field) ?? [];
    trailers.set(name.toLowerCase(), value);
  }
}

/** @param sizes of the chunks so far, none of which turned out to be the last */
function requireFullSize(sizes: readonly number[]): void {
  const size = sizes.at(-1) ?? MIN_CHUNK_BYTES;
  if (size >= MIN_CHUNK_BYTES) return;
  throw new AwsError(
    403,
    'InvalidChunkSizeError',
    `Only the last chunk is allowed to have a size less than ${MIN_CHUNK_BYTES} bytes`,
    { Chunk: sizes.length, BadChunkSize: size },
  );
}

async function line(reader: ByteReader): Promise<string> {
  const found = await reader.line(MAX_LINE_BYTES);
  if (found === undefined) throw incompleteBody();
  return found;
}

function sizeOf(chunkHeader: string): number {
  if (!/^[0-9a-f]{1,12}$/i.test(chunkHeader)) throw incompleteBody();
  return Number.parseInt(chunkHeader, 16);
}

/** Reads a stream by lines and by counted bytes. */
class ByteReader {
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
