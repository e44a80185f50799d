import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { BUCKET, failureOf, startS3, type RunningS3 } from './fixture';

const at = (Key: string) => ({ Bucket: BUCKET, Key });

describe('S3 keeps objects', () => {
  let s3: RunningS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());

  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.client.send(new PutObjectCommand({ ...at(Key), Body: 'content', ...more }));
  const read = async (Key: string, more = {}) => {
    const { Body, ...rest } = await s3.client.send(new GetObjectCommand({ ...at(Key), ...more }));
    return { ...rest, text: await Body?.transformToString() };
  };

  it('and gives them back with what was said of them', async () => {
    const sent = await put('train/a.jsonl', {
      ContentType: 'application/jsonl',
      CacheControl: 'no-store',
      Metadata: { origin: 'desk' },
    });
    const found = await read('train/a.jsonl');
    expect(found).toMatchObject({
      text: 'content',
      ContentLength: 7,
      ContentType: 'application/jsonl',
      CacheControl: 'no-store',
      Metadata: { origin: 'desk' },
      ETag: `"${createHash('md5').update('content').digest('hex')}"`,
      ServerSideEncryption: 'AES256',
      ChecksumCRC32: sent.ChecksumCRC32,
      ChecksumType: 'FULL_OBJECT',
    });
    expect(found.VersionId).toBeUndefined();
  });

  it.each([
    'a b/ü+c',
    'a//b',
    '.',
    'a/../b',
    'a/b/../../c',
    'a/..b/...',
    'x%2Fy',
    'ends/',
    '&<>"\'',
    '日本',
    '?#[]@',
  ])('under the key %s', async (key) => {
    await put(key, { Body: key });
    expect((await read(key)).text).toBe(key);
    const { Contents } = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: key }));
    expect(Contents?.map(({ Key }) => Key)).toContain(key);
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'with a checksum by %s, which it verifies',
    async (ChecksumAlgorithm) => {
      const { ETag, $metadata, ...sent } = await put('sum', { ChecksumAlgorithm });
      expect(sent).toHaveProperty(`Checksum${ChecksumAlgorithm}`);
      const head = await s3.client.send(new HeadObjectCommand({ ...at('sum'), ChecksumMode: 'ENABLED' }));
      expect(head).toMatchObject({ ...sent, ETag, ChecksumType: 'FULL_OBJECT' });
    },
  );

  it.each<[string, Partial<PutObjectCommandInput>, string]>([
    ['another checksum', { ChecksumCRC32: 'AAAAAA==' }, '400 BadDigest'],
    ['another SHA-256', { ChecksumSHA256: 'A'.repeat(43) + '=' }, '400 BadDigest'],
    ['a checksum of the wrong length', { ChecksumCRC32: 'AAAA' }, '400 InvalidRequest'],
    [
      'two checksums',
      { ChecksumCRC32: 'AAAAAA==', ChecksumSHA1: 'A'.repeat(27) + '=' },
      '400 InvalidRequest',
    ],
    ['another Content-MD5', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }, '400 BadDigest'],
    ['a Content-MD5 that is none', { ContentMD5: 'AAAA' }, '400 InvalidDigest'],
    ['a key of 1,025 bytes', { Key: 'ü'.repeat(512) + 'x' }, '400 KeyTooLongError'],
    ['a key that goes up', { Key: '../a' }, '400 InvalidURI'],
    ['a key that goes up further than down', { Key: 'a/../../b' }, '400 InvalidURI'],
    ['a key that goes down by nothing', { Key: 'a/.//../..' }, '400 InvalidURI'],
    ['2,049 bytes of metadata', { Metadata: { a: 'x'.repeat(2048) } }, '400 MetadataTooLarge'],
    ['a checksum that is not emulated', { ChecksumMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' }, '501 NotImplemented'],
    ['a storage class', { StorageClass: 'GLACIER' }, '501 NotImplemented'],
    ['an ACL', { ACL: 'public-read' }, '501 NotImplemented'],
    ['another encryption', { ServerSideEncryption: 'aws:kms' }, '501 NotImplemented'],
    ['another owner’s bucket', { ExpectedBucketOwner: '000000000000' }, '403 AccessDenied'],
    ['a bucket that is not there', { Bucket: 'other' }, '404 NoSuchBucket'],
  ])('but refuses %s', async (_, input, failure) => {
    expect(await failureOf(put('refused', input))).toBe(failure);
    expect(await failureOf(read('refused'))).toBe('404 NoSuchKey');
  });

  it('at the limits of keys and metadata', async () => {
    const key = 'ü'.repeat(512);
    await put(key, { Metadata: { a: 'x'.repeat(2047) } });
    expect((await read(key)).Metadata?.a).toHaveLength(2047);
  });

  it('sent as a stream, with the checksum behind it', async () => {
    const pieces = [Buffer.alloc(8192, 'a'), Buffer.alloc(10_000, 'b'), Buffer.from('end')];
    const ContentLength = Buffer.concat(pieces).length;
    await put('stream', { Body: Readable.from(pieces), ContentLength });
    expect((await read('stream')).text).toBe(Buffer.concat(pieces).toString());
    const { ContentEncoding, ChecksumCRC32 } = await s3.client.send(
      new HeadObjectCommand({ ...at('stream'), ChecksumMode: 'ENABLED' }),
    );
    expect({ ContentEncoding, ChecksumCRC32 }).toEqual({ ChecksumCRC32: expect.any(String) as string });
  });

  it('but no stream of chunks below 8 KB, except the last', async () => {
    const Body = Readable.from([Buffer.alloc(8191), Buffer.alloc(1)]);
    expect(await failureOf(put('chunks', { Body, ContentLength: 8192 }))).toBe('403 InvalidChunkSizeError');
  });

  it.each([
    ['bytes=0-2', 'con', 'bytes 0-2/7'],
    ['bytes=3-', 'tent', 'bytes 3-6/7'],
    ['bytes=-2', 'nt', 'bytes 5-6/7'],
    ['bytes=5-99', 'nt', 'bytes 5-6/7'],
  ])('and reads the range %s', async (Range, text, ContentRange) => {
    await put('range');
    expect(await read('range', { Range })).toMatchObject({ text, ContentRange, ContentLength: text.length });
  });

  it.each(['bytes=2-1', 'bytes=-', 'lines=1-2'])(
    'and reads all of it for the malformed range %s',
    async (Range) => {
      await put('range');
      const { text, ContentRange } = await read('range', { Range });
      expect({ text, ContentRange }).toEqual({ text: 'content' });
    },
  );

  it('and refuses a range beyond the end', async () => {
    await put('range');
    expect(await failureOf(read('range', { Range: 'bytes=7-' }))).toBe('416 InvalidRange');
    expect(await failureOf(read('range', { Range: 'bytes=0-1,3-4' }))).toBe('501 NotImplemented');
  });

  it('and an empty one', async () => {
    await put('empty', { Body: '' });
    expect(await read('empty')).toMatchObject({ text: '', ContentLength: 0 });
  });

  it('on conditions', async () => {
    const { ETag } = await put('once', { IfNoneMatch: '*' });
    expect(await failureOf(put('once', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await failureOf(put('once', { IfMatch: '"other"' }))).toBe('412 PreconditionFailed');
    expect(await failureOf(put('never', { IfMatch: '"other"' }))).toBe('404 NoSuchKey');
    expect(await failureOf(put('once', { IfMatch: ETag, Body: 'changed' }))).toBe('no failure');
    expect(await failureOf(read('once', { IfMatch: ETag }))).toBe('412 PreconditionFailed');
    expect(await failureOf(read('once', { IfNoneMatch: '*' }))).toMatch(/^304 /);
  });

  it('until they are deleted', async () => {
    await put('gone');
    await s3.client.send(new DeleteObjectCommand(at('gone')));
    await s3.client.send(new DeleteObjectCommand(at('gone')));
    expect(await failureOf(read('gone'))).toBe('404 NoSuchKey');
    expect(await failureOf(s3.client.send(new HeadObjectCommand(at('gone'))))).toMatch(/^404 /);
  });

  it('and refuses loudly what it does not emulate', async () => {
    expect(await failureOf(s3.client.send(new PutBucketAclCommand({ Bucket: BUCKET, ACL: 'private' })))).toBe(
      '501 NotImplemented',
    );
    expect(await failureOf(s3.client.send(new ListBucketsCommand({})))).toBe('501 NotImplemented');
    expect(await failureOf(s3.client.send(new HeadBucketCommand({ Bucket: BUCKET })))).toMatch(/^501 /);
  });
});
