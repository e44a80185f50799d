import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { BUCKET, type RunningS3, startS3 } from './fixture';
import { Upload } from './multipart-client';

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
