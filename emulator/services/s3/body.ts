import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../../platform/http/aws-error';
import {
  type ChecksumAlgorithm,
  checksumHeader,
  DEFAULT_ALGORITHM,
  expectedChecksum,
  type ExpectedChecksum,
  requireChecksumValue,
} from './checksums';
import {
  badDigest,
  entityTooLarge,
  incompleteBody,
  invalidRequest,
  notImplemented,
  payloadMismatch,
} from './errors';
import type { Content, Files } from './files';
import { payloadDigest } from './http';

/** Of one PutObject or UploadPart: 5 GB. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_BODY_BYTES = 5 * 1024 ** 3;
const UNSIGNED_WITH_TRAILER = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

interface Received extends Content {
  /** whether the caller sent a checksum of its own */
  readonly verified: boolean;
}

/**
 * Streams a request's body to a file, and checks it against everything that the request says of it.
 * @param algorithm of the checksum, where the request names none
 * @throws AwsError as S3 refuses a body; nothing is left on disk then
 */
export async function receiveContent(
  message: IncomingMessage,
  files: Files,
  algorithm: ChecksumAlgorithm = DEFAULT_ALGORITHM,
): Promise<Received> {
  const { headers } = message;
  const expected = expectedChecksum(headers);
  const contentMd5 = readContentMd5(headers['content-md5']);
  const length = declaredLength(message);
  const trailers = new Map<string, string>();
  const digest = payloadDigest(message);
  const sha256 = digest === undefined ? undefined : createHash('sha256');
  const body = isAwsChunked(message) ? decodeAwsChunked(message, trailers) : message;

  const content = await files.write(
    untorn(body as AsyncIterable<Uint8Array>),
    expected?.algorithm ?? algorithm,
    (piece) => sha256?.update(piece),
  );
  try {
    if (content.size !== length) throw incompleteBody();
    if (sha256 && sha256.digest('hex') !== digest) throw payloadMismatch();
    if (contentMd5 !== undefined && !content.md5.equals(contentMd5)) throw badDigest('Content-MD5');
    if (expected) requireChecksum(expected, trailers, content);
  } catch (error) {
    await files.remove(content.file);
    throw error;
  }
  return { ...content, verified: expected !== undefined };
}

function requireChecksum(
  { algorithm, value }: ExpectedChecksum,
  trailers: ReadonlyMap<string, string>,
  { checksum }: Content,
): void {
  const header = checksumHeader(algorithm);
  const sent = value ?? trailers.get(header);
  if (sent === undefined) {
    throw new AwsError(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed.',
    );
  }
  if (requireChecksumValue(algorithm, sent) !== checksum.value) throw badDigest(algorithm);
}

/** Bytes of content that the headers announce. */
function declaredLength({ headers }: IncomingMessage): number {
  const chunked = headers['transfer-encoding'] !== undefined;
  if (chunked && headers['x-amz-decoded-content-length'] === undefined) {
    throw notImplemented('Transfer-Encoding: chunked without x-amz-decoded-content-length');
  }
  const declared = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (declared === undefined) {
    throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const length = Number(declared);
  if (!Number.isInteger(length) || length < 0) throw invalidRequest('The content length is not a number.');
  if (length > MAX_BODY_BYTES) throw entityTooLarge(length, MAX_BODY_BYTES);
  return length;
}

function isAwsChunked({ headers }: IncomingMessage): boolean {
  const payload = headers['x-amz-content-sha256'];
  if (payload === UNSIGNED_WITH_TRAILER) return true;
  if (typeof payload === 'string' && payload.startsWith('STREAMING-')) throw notImplemented(payload);
  return false;
}

function readContentMd5(header: string | string[] | undefined): Buffer | undefined {
  if (header === undefined) return undefined;
  const md5 = Buffer.from(String(header), 'base64');
  if (md5.length === 16) return md5;
  throw new AwsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
}

/** A caller that hangs up in the middle of its body leaves an incomplete one. */
async function* untorn(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw error instanceof AwsError ? error : incompleteBody();
  }
}

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
