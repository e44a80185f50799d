import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { BUCKET, failureOf, type RunningS3, startS3 } from './fixture';

const KEYS = ['Z', 'a/1', 'a/2', 'a/b/3', 'b', 'ä', '𐀀', '\uffee'];
/** By the bytes of UTF-8, which is not the order of JavaScript's strings. */
const IN_ORDER = ['Z', 'a/1', 'a/2', 'a/b/3', 'b', 'ä', '\uffee', '𐀀'];

describe('a list of objects', () => {
  let s3: RunningS3;
  beforeAll(async () => {
    s3 = await startS3();
    for (const key of KEYS) await s3.service.objects.put(BUCKET, key, key);
  });
  afterAll(() => s3.stop());
  const list = async (input: Partial<ListObjectsV2CommandInput> = {}) => {
    const found = await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...input }));
    return {
      ...found,
      keys: (found.Contents ?? []).map(({ Key }) => Key),
      prefixes: (found.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    };
  };

  it('is in the order of their keys’ bytes', async () => {
    expect(await list()).toMatchObject({ keys: IN_ORDER, KeyCount: KEYS.length, IsTruncated: false });
  });

  it('says what it knows of each', async () => {
    const { Contents } = await list({ Prefix: 'a/1' });
    expect(Contents).toMatchObject([
      { Key: 'a/1', Size: 3, StorageClass: 'STANDARD', ChecksumAlgorithm: ['CRC64NVME'] },
    ]);
    expect(Contents?.[0]?.LastModified).toBeInstanceOf(Date);
  });

  it.each<[Partial<ListObjectsV2CommandInput>, string[], string[]]>([
    [{ Prefix: 'a/' }, ['a/1', 'a/2', 'a/b/3'], []],
    [{ Prefix: 'a/', Delimiter: '/' }, ['a/1', 'a/2'], ['a/b/']],
    [{ Prefix: 'a', Delimiter: '/' }, [], ['a/']],
    [{ Prefix: 'none' }, [], []],
    [{ StartAfter: 'b' }, ['ä', '\uffee', '𐀀'], []],
    [{ MaxKeys: 0 }, [], []],
  ])('with %j', async (input, keys, prefixes) => {
    expect(await list(input)).toMatchObject({
      keys,
      prefixes,
      KeyCount: keys.length + prefixes.length,
      IsTruncated: false,
    });
  });

  it.each([1, 2, 3, 100])('comes in pages of %d', async (pageSize) => {
    const seen: (string | undefined)[] = [];
    let largest = 0;
    const pages = paginateListObjectsV2({ client: s3.client, pageSize }, { Bucket: BUCKET, Delimiter: '/' });
    for await (const { Contents = [], CommonPrefixes = [] } of pages) {
      largest = Math.max(largest, Contents.length + CommonPrefixes.length);
      seen.push(...Contents.map(({ Key }) => Key), ...CommonPrefixes.map(({ Prefix }) => Prefix));
    }
    expect([...seen].sort()).toEqual(['Z', 'a/', 'b', 'ä', '\uffee', '𐀀'].sort());
    expect(largest).toBe(Math.min(pageSize, 6));
  });

  it('has 1,000 on a page at most', async () => {
    expect((await list({ MaxKeys: 5000 })).MaxKeys).toBe(1000);
  });

  it('can have its keys percent-encoded', async () => {
    expect((await list({ Prefix: 'ä', EncodingType: 'url' })).keys).toEqual(['%C3%A4']);
  });

  it.each<[Partial<ListObjectsV2CommandInput>, string]>([
    [{ ContinuationToken: 'made up' }, '400 InvalidArgument'],
    [{ MaxKeys: -1 }, '400 InvalidArgument'],
    [{ FetchOwner: true }, '501 NotImplemented'],
    [{ Bucket: 'other' }, '404 NoSuchBucket'],
  ])('is refused with %j', async (input, failure) => {
    expect(await failureOf(list(input))).toBe(failure);
  });

  it('is not had by the first version of the operation', async () => {
    expect(await failureOf(s3.client.send(new ListObjectsCommand({ Bucket: BUCKET })))).toBe(
      '501 NotImplemented',
    );
  });
});
