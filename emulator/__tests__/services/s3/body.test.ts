import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { BUCKET, type RunningS3, startS3 } from './fixture';
import { Upload } from './multipart-client';
import { AwsError } from '../../../platform/http/aws-error';
import { decodeAwsChunked } from '../../../services/s3/body';

const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
const GB = 1024 ** 3;
const sha256 = createHash('sha256').update('other').digest('hex');

const UNSIGNED = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };

/** What the SDK would not send. */
describe('a body', () => {
  let s3: RunningS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());

  const put = (
    headers: Readonly<Record<string, string>>,
    body: string,
    [method, path] = ['PUT', '/a'],
  ): Promise<string> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${s3.url}/${BUCKET}${path}`,
        { method, headers: { authorization: AUTHORIZATION, ...UNSIGNED, ...headers } },
        (response) => {
          text(response).then((answer) => {
            resolve(`${response.statusCode} ${/<Code>(.*)<\/Code>/.exec(answer)?.[1] ?? ''}`);
            sent.destroy();
          }, reject);
        },
      );
      sent.on('error', reject);
      // A body that never ends, where its length says that there is more of it.
      if (Number(headers['content-length']) > body.length) sent.write(body);
      else sent.end(body);
    });

  const STREAMED = {
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-trailer': 'x-amz-checksum-crc32',
    'content-encoding': 'aws-chunked',
    'transfer-encoding': 'chunked',
  };
  const CONTENT = '7\r\ncontent\r\n0\r\n';
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['of more than 5 GB', { 'content-length': String(5 * GB + 1) }, 'x', '400 EntityTooLarge'],
    ['of unknown length', { 'transfer-encoding': 'chunked' }, 'x', '501 NotImplemented'],
    [
      'of another digest',
      { 'content-length': '1', 'x-amz-content-sha256': sha256 },
      'x',
      '400 XAmzContentSHA256Mismatch',
    ],
    ['of no digest', { 'content-length': '1', 'x-amz-content-sha256': 'junk' }, 'x', '400 InvalidArgument'],
    [
      'of signed chunks',
      {
        ...STREAMED,
        'x-amz-decoded-content-length': '7',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      },
      'x',
      '501 NotImplemented',
    ],
    [
      'with a wrong trailer',
      { ...STREAMED, 'x-amz-decoded-content-length': '7' },
      `${CONTENT}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`,
      '400 BadDigest',
    ],
    [
      'without its trailer',
      { ...STREAMED, 'x-amz-decoded-content-length': '7' },
      `${CONTENT}\r\n`,
      '400 MalformedTrailerError',
    ],
    [
      'with a trailer that is no checksum',
      { ...STREAMED, 'x-amz-trailer': 'x-other', 'x-amz-decoded-content-length': '7' },
      `${CONTENT}\r\n`,
      '400 InvalidRequest',
    ],
    [
      'longer than it says',
      { ...STREAMED, 'x-amz-decoded-content-length': '6' },
      `${CONTENT}x-amz-checksum-crc32:AAAAAA==\r\n\r\n`,
      '400 IncompleteBody',
    ],
    [
      'without the checksum that it promises',
      { 'content-length': '1', 'x-amz-sdk-checksum-algorithm': 'CRC32' },
      'x',
      '400 InvalidRequest',
    ],
  ])('%s is refused', async (_, headers, body, failure) => {
    expect(await put(headers, body)).toBe(failure);
  });

  it('of nothing that its signature says is refused', async () => {
    const answer = await fetch(`${s3.url}/${BUCKET}/a`, { headers: { authorization: AUTHORIZATION } });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining('<Message>Missing required header for this request: x-amz-content-sha256<'),
    ]);
  });

  it('that completes an upload is checked, too', async () => {
    const { id } = await Upload.create(s3.client, 'a');
    const complete: [string, string] = ['POST', `/a?uploadId=${id}`];
    const xml = '<CompleteMultipartUpload/>';
    const length = { 'content-length': String(xml.length) };
    expect(await put({ ...length, 'x-amz-content-sha256': sha256 }, xml, complete)).toBe(
      '400 XAmzContentSHA256Mismatch',
    );
    expect(await put(length, xml, complete)).toBe('400 MalformedXML');
  });
});

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
