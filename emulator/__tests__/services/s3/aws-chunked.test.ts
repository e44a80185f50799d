import fc from 'fast-check';
import { AwsError } from '../../../platform/http/aws-error';
import { decodeAwsChunked } from '../../../services/s3/body';

const MIN = 8192;

function encode(chunks: readonly Uint8Array[], trailers: Readonly<Record<string, string>>): Buffer {
  const fields = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([
    ...chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}\r\n`),
      chunk,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`0\r\n${fields.join('')}\r\n`),
  ]);
}

/** The body as a socket might hand it over: cut at any places. */
function* cutAt(body: Buffer, places: readonly number[]): Generator<Buffer> {
  const ends = [...new Set(places.map((place) => place % body.length)), body.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    if (end > start) yield body.subarray(start, end);
    start = end;
  }
}

async function decode(pieces: Iterable<Buffer>) {
  const trailers = new Map<string, string>();
  const content: Buffer[] = [];
  const source = (async function* () {
    for (const piece of pieces) yield await Promise.resolve(piece);
  })();
  for await (const piece of decodeAwsChunked(source, trailers)) content.push(piece);
  return { content: Buffer.concat(content), trailers: Object.fromEntries(trailers) };
}

const chunk = (minLength: number) => fc.uint8Array({ minLength, maxLength: minLength + 20 });
const body = fc
  .tuple(fc.array(chunk(MIN), { maxLength: 3 }), fc.array(chunk(1), { maxLength: 1 }))
  .map(([full, last]) => [...full, ...last]);
const TRAILERS = { 'x-amz-checksum-crc32': 'AAAAAA==' };

describe('a body in the encoding aws-chunked', () => {
  it('is the same content however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.array(fc.nat(), { maxLength: 8 }), async (chunks, places) => {
        const { content, trailers } = await decode(cutAt(encode(chunks, TRAILERS), places));
        expect(content.equals(Buffer.concat(chunks))).toBe(true);
        expect(trailers).toEqual(TRAILERS);
      }),
      { numRuns: 50 },
    );
  });

  it('is incomplete wherever it ends too early', async () => {
    await fc.assert(
      fc.asyncProperty(body, fc.nat(), async (chunks, place) => {
        const whole = encode(chunks, TRAILERS);
        const torn = whole.subarray(0, place % whole.length);
        await expect(decode([torn])).rejects.toMatchObject({ type: 'IncompleteBody' });
      }),
      { numRuns: 50 },
    );
  });

  it.each(['x\r\n', '-1\r\nx\r\n', '1\r\nxx\r\n0\r\n\r\n', `${'1'.repeat(2000)}\r\n`])(
    'is refused where it is none: %j',
    async (text) => {
      await expect(decode([Buffer.from(text)])).rejects.toBeInstanceOf(AwsError);
    },
  );

  it('has no small chunk before the last one', async () => {
    const chunks = [Buffer.alloc(MIN), Buffer.alloc(MIN - 1), Buffer.alloc(1)];
    await expect(decode([encode(chunks, {})])).rejects.toMatchObject({
      type: 'InvalidChunkSizeError',
      members: { Chunk: 2, BadChunkSize: MIN - 1 },
    });
    expect((await decode([encode(chunks.slice(0, 2), {})])).content).toHaveLength(2 * MIN - 1);
  });
});
