import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type CompletedPart,
} from '@aws-sdk/client-s3';
import { BUCKET, failureOf, MB, startS3, type RunningS3 } from './fixture';
import { Upload } from './multipart-client';

const FIVE_MB = Buffer.alloc(5 * MB, 'a');
const base64Crc32 = (bytes: Buffer): string => {
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(crc32(bytes));
  return digest.toString('base64');
};
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();

describe('an upload in parts', () => {
  let s3: RunningS3;
  beforeAll(async () => {
    s3 = await startS3();
  });
  afterAll(() => s3.stop());
  const create = (key: string, more?: Parameters<typeof Upload.create>[2]) =>
    Upload.create(s3.client, key, more);
  const head = (Key: string) =>
    s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key, ChecksumMode: 'ENABLED' }));

  it('becomes one object, with the ETag and the checksum of its parts', async () => {
    const upload = await create('composite', { ChecksumAlgorithm: 'CRC32', ContentType: 'text/plain' });
    const end = Buffer.from('the end');
    const parts = [await upload.part(1, FIVE_MB), await upload.part(2, end)];
    const checksum = `${base64Crc32(Buffer.concat([FIVE_MB, end].map((part) => Buffer.from(base64Crc32(part), 'base64'))))}-2`;
    const expected = {
      ETag: `"${md5(Buffer.concat([md5(FIVE_MB), md5(end)])).toString('hex')}-2"`,
      ChecksumCRC32: checksum,
      ChecksumType: 'COMPOSITE',
    };
    expect(await upload.complete(parts, { ChecksumCRC32: checksum })).toMatchObject(expected);
    expect(await head('composite')).toMatchObject({
      ...expected,
      ContentType: 'text/plain',
      ContentLength: FIVE_MB.length + end.length,
    });
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'composite' }));
    expect((await Body?.transformToString())?.slice(-8)).toBe('athe end');
  });

  it.each([
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['CRC64NVME', 'FULL_OBJECT'],
  ] as const)('can have one checksum over the whole object: %s', async (ChecksumAlgorithm, ChecksumType) => {
    const body = 'all of it';
    const whole = await s3.client.send(
      new PutObjectCommand({ Bucket: BUCKET, Key: 'whole', Body: body, ChecksumAlgorithm }),
    );
    const upload = await create('parts', { ChecksumAlgorithm, ChecksumType });
    const done = await upload.complete([await upload.part(1, body, { ChecksumAlgorithm })]);
    const name = `Checksum${ChecksumAlgorithm}` as const;
    expect(done).toMatchObject({ [name]: whole[name], ChecksumType });
  });

  it('has a checksum of S3’s own where its caller names none', async () => {
    const upload = await create('default', {});
    await upload.complete([await upload.part(1, 'x')]);
    const { ChecksumCRC64NVME, ChecksumType } = await head('default');
    expect({ ChecksumCRC64NVME, ChecksumType }).toEqual({
      ChecksumCRC64NVME: expect.stringMatching(/^.{11}=$/) as string,
      ChecksumType: 'FULL_OBJECT',
    });
  });

  it('has parts of 5 MB at least, but for the last one named', async () => {
    const upload = await create('small');
    const small = await upload.part(1, FIVE_MB.subarray(1));
    const last = await upload.part(2, 'x');
    expect(await failureOf(upload.complete([small, last]))).toBe('400 EntityTooSmall');
    expect(await failureOf(upload.complete([small]))).toBe('no failure');
  });

  it('takes part 10,000, though a composite checksum needs consecutive numbers', async () => {
    const composite = await create('last', { ChecksumAlgorithm: 'CRC32' });
    const part = await composite.part(10_000, 'x');
    expect(await failureOf(composite.complete([part]))).toBe('500 InternalError');
    const full = await create('last', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    expect(await failureOf(full.complete([await full.part(10_000, 'x')]))).toBe('no failure');
  });

  it.each([
    ['CRC64NVME', 'COMPOSITE'],
    ['SHA256', 'FULL_OBJECT'],
    ['SHA1', 'FULL_OBJECT'],
  ] as const)('cannot have a checksum by %s of type %s', async (ChecksumAlgorithm, ChecksumType) => {
    expect(await failureOf(create('none', { ChecksumAlgorithm, ChecksumType }))).toBe('400 InvalidRequest');
  });

  it.each(['complete', 'abort'] as const)('is over once it has ended by %s', async (ending) => {
    const upload = await create('over');
    const parts = [await upload.part(1, 'x')];
    await upload[ending](parts);
    const calls = [upload.part(1, 'x'), upload.complete(parts), upload.abort(), upload.list()].map(failureOf);
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['404 NoSuchUpload']));
  });

  it('is completed by one of two who try at the same time', async () => {
    const upload = await create('race');
    const parts = [await upload.part(1, FIVE_MB), await upload.part(2, 'x')];
    const outcomes = await Promise.all([1, 2].map(() => failureOf(upload.complete(parts))));
    expect(outcomes.sort()).toEqual(['404 NoSuchUpload', 'no failure']);
  });

  it('replaces nothing where that is its condition', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'taken', Body: 'first' }));
    const upload = await create('taken');
    const parts = [await upload.part(1, 'x')];
    expect(await failureOf(upload.complete(parts, { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await failureOf(upload.complete(parts))).toBe('no failure');
  });

  it('lists its parts, page by page', async () => {
    const upload = await create('listed');
    const second = await upload.part(2, 'second');
    await upload.part(7, 'seventh');
    await upload.part(2, 'second');
    const first = await upload.list({ MaxParts: 1 });
    expect(first).toMatchObject({
      IsTruncated: true,
      NextPartNumberMarker: '2',
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'COMPOSITE',
      Parts: [{ ...second, Size: 6 }],
    });
    const rest = await upload.list({ PartNumberMarker: '2' });
    expect(rest.IsTruncated).toBe(false);
    expect(rest.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[7, 7]]);
  });

  it('is listed by its bucket, page by page, until it ends', async () => {
    const uploads = [await create('many/a'), await create('many/a'), await create('many/b')];
    const seen: (string | undefined)[] = [];
    for (let markers = {}; ;) {
      const page = await s3.client.send(
        new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: 'many/', MaxUploads: 1, ...markers }),
      );
      seen.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
      if (!page.IsTruncated) break;
      markers = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
    }
    expect(seen).toEqual(uploads.map(({ id }) => id));
    await Promise.all(uploads.map((upload) => upload.abort()));
    const { Uploads } = await s3.client.send(
      new ListMultipartUploadsCommand({ Bucket: BUCKET, Prefix: 'many/' }),
    );
    expect(Uploads).toBeUndefined();
  });
});

describe('an upload in parts is refused, and can go on, with', () => {
  let s3: RunningS3;
  let upload: Upload;
  let one: CompletedPart = {};
  let two: CompletedPart = {};
  beforeAll(async () => {
    s3 = await startS3();
    upload = await Upload.create(s3.client, 'refused');
    one = await upload.part(1, FIVE_MB);
    two = await upload.part(2, 'x');
  });
  afterAll(async () => {
    await upload.complete([one, two]);
    await s3.stop();
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['parts out of order', '400 InvalidPartOrder', () => upload.complete([two, one])],
    ['a part twice', '400 InvalidPartOrder', () => upload.complete([one, one])],
    [
      'a part that was not uploaded',
      '400 InvalidPart',
      () => upload.complete([one, two, { ...two, PartNumber: 3 }]),
    ],
    ['another ETag', '400 InvalidPart', () => upload.complete([{ ...one, ETag: '"x"' }, two])],
    [
      'another checksum of a part',
      '400 InvalidPart',
      () => upload.complete([{ ...one, ChecksumCRC32: 'AAAAAA==' }, two]),
    ],
    [
      'no checksum of a part',
      '400 InvalidRequest',
      () => upload.complete([one, two].map(({ PartNumber, ETag }) => ({ PartNumber, ETag }))),
    ],
    ['no parts', '400 MalformedXML', () => upload.complete([])],
    [
      'another checksum of the object',
      '400 BadDigest',
      () => upload.complete([one, two], { ChecksumCRC32: 'AAAAAA==-2' }),
    ],
    ['another size', '400 InvalidRequest', () => upload.complete([one, two], { MpuObjectSize: 1 })],
    [
      'another type of checksum',
      '400 InvalidRequest',
      () => upload.complete([one, two], { ChecksumType: 'FULL_OBJECT' }),
    ],
    ['part 0', '400 InvalidArgument', () => upload.part(0, 'x')],
    ['part 10,001', '400 InvalidArgument', () => upload.part(10_001, 'x')],
    ['a broken part', '400 BadDigest', () => upload.part(3, 'x', { ChecksumCRC32: 'AAAAAA==' })],
    [
      'a part with another algorithm',
      '400 InvalidRequest',
      () => upload.part(3, 'x', { ChecksumAlgorithm: 'SHA256' }),
    ],
  ])('%s', async (_, failure, attempt) => {
    expect(await failureOf(attempt())).toBe(failure);
    expect((await upload.list()).Parts).toMatchObject([one, two]);
  });
});
