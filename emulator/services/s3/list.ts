import type { Reply } from '../../platform/http/server';
import { checksumElement } from './checksums';
import { invalidArgument, notImplemented } from './errors';
import { type Call, xmlReply } from './http';
import type { MultipartUpload, Part } from './multipart-uploads';
import { byBytes, type StoredObject } from './versions';

/** Items that a page of any list has at most; S3 lowers what asks for more. */
const MAX_ITEMS = 1000;

/**
 * How many items a page may have, e.g. `max-keys`.
 * @throws AwsError 400 InvalidArgument
 */
const countOption = (query: URLSearchParams, name: string): number =>
  Math.min(integerOption(query, name, MAX_ITEMS), MAX_ITEMS);

/** @throws AwsError 400 InvalidArgument */
function integerOption(query: URLSearchParams, name: string, absent: number): number {
  const given = query.get(name);
  if (given === null) return absent;
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw invalidArgument(name, given, `Provided ${name} not an integer or within integer range`);
}

/** One line of a listing: an object, or all objects whose keys share a prefix. */
type Entry = { readonly name: string } & (
  { readonly object: StoredObject } | { readonly object?: undefined }
);

/** ListObjectsV2. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjectsV2({ request: { query }, bucket }: Call): Promise<Reply> {
  if (query.get('list-type') !== '2') throw notImplemented('ListObjects of version 1');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? undefined;
  const maxKeys = countOption(query, 'max-keys');
  const encode = encoder(query.get('encoding-type'));
  const after = token === null ? startAfter : decodeToken(token);

  const entries = group(bucket.versions.list(prefix), prefix, delimiter).filter(
    ({ name }) => after === undefined || byBytes(name, after) > 0,
  );
  const page = entries.slice(0, maxKeys);
  const last = page.at(-1);
  // With no room for a single key there is no page to go on from.
  const truncated = page.length < entries.length && last !== undefined;
  return Promise.resolve(
    xmlReply('ListBucketResult', {
      Name: bucket.settings.name,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      StartAfter: startAfter === undefined ? undefined : encode(startAfter),
      ContinuationToken: token ?? undefined,
      NextContinuationToken: truncated ? encodeToken(last.name) : undefined,
      KeyCount: page.length,
      MaxKeys: maxKeys,
      EncodingType: query.get('encoding-type') ?? undefined,
      IsTruncated: truncated,
      Contents: page.flatMap(({ object }) => (object === undefined ? [] : [contents(object, encode)])),
      CommonPrefixes: page.flatMap(({ name, object }) => (object ? [] : [{ Prefix: encode(name) }])),
    }),
  );
}

/** @param objects in the order of their keys, which the prefixes keep */
function group(objects: readonly StoredObject[], prefix: string, delimiter: string): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    const at = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = at < 0 ? object.key : object.key.slice(0, at + delimiter.length);
    if (!entries.has(name)) entries.set(name, at < 0 ? { name, object } : { name });
  }
  return [...entries.values()];
}

const contents = ({ key, lastModified, etag, size, checksum }: StoredObject, encode: Encode) => ({
  Key: encode(key),
  LastModified: new Date(lastModified).toISOString(),
  ETag: etag,
  ChecksumAlgorithm: checksum.algorithm,
  ChecksumType: checksum.type,
  Size: size,
  StorageClass: 'STANDARD',
});

type Encode = (text: string) => string;

function encoder(type: string | null): Encode {
  if (type === null) return (text) => text;
  if (type === 'url') return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
  throw invalidArgument('encoding-type', type, 'Invalid Encoding Method specified in Request');
}

const encodeToken = (name: string): string => Buffer.from(`1${name}`).toString('base64url');

function decodeToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString();
  if (name.startsWith('1') && encodeToken(name.slice(1)) === token) return name.slice(1);
  throw invalidArgument('continuation-token', token, 'The continuation token provided is incorrect');
}

/** ListParts. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export async function listParts({ request: { key, query }, bucket }: Call): Promise<Reply> {
  const upload = bucket.uploads.get(key, query.get('uploadId') ?? '');
  const after = integerOption(query, 'part-number-marker', 0);
  const maximum = countOption(query, 'max-parts');
  const parts = [...upload.parts.values()]
    .sort((one, other) => one.number - other.number)
    .filter(({ number }) => number > after);
  const page = parts.slice(0, maximum);
  const truncated = page.length < parts.length && page.length > 0;
  return Promise.resolve(
    xmlReply('ListPartsResult', {
      Bucket: bucket.settings.name,
      Key: key,
      UploadId: upload.id,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.number ?? after,
      MaxParts: maximum,
      IsTruncated: truncated,
      StorageClass: 'STANDARD',
      ...checksumOf(upload),
      Part: page.map(partElement),
    }),
  );
}

const partElement = ({ number, lastModified, etag, size, checksum }: Part) => ({
  PartNumber: number,
  LastModified: new Date(lastModified).toISOString(),
  ETag: etag,
  Size: size,
  ...checksumElement(checksum),
});

/** ListMultipartUploads. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function listMultipartUploads({ request: { query }, bucket }: Call): Promise<Reply> {
  const prefix = query.get('prefix') ?? '';
  const keyMarker = query.get('key-marker') ?? '';
  const uploadIdMarker = query.get('upload-id-marker') ?? '';
  const maximum = countOption(query, 'max-uploads');
  const all = bucket.uploads.list().filter(({ key }) => key.startsWith(prefix));
  const uploads = all.slice(pageStart(all, keyMarker, uploadIdMarker));
  const page = uploads.slice(0, maximum);
  const truncated = page.length < uploads.length && page.length > 0;
  const last = page.at(-1);
  return Promise.resolve(
    xmlReply('ListMultipartUploadsResult', {
      Bucket: bucket.settings.name,
      Prefix: prefix,
      KeyMarker: keyMarker,
      UploadIdMarker: uploadIdMarker,
      NextKeyMarker: truncated ? last?.key : undefined,
      NextUploadIdMarker: truncated ? last?.id : undefined,
      MaxUploads: maximum,
      IsTruncated: truncated,
      Upload: page.map((upload) => ({
        Key: upload.key,
        UploadId: upload.id,
        Initiated: new Date(upload.initiated).toISOString(),
        StorageClass: 'STANDARD',
        ...checksumOf(upload),
      })),
    }),
  );
}

/** Without an upload's ID, the marker leaves out all uploads of its key. */
function pageStart(uploads: readonly MultipartUpload[], keyMarker: string, uploadIdMarker: string): number {
  if (keyMarker === '') return 0;
  const marked = uploads.findIndex(({ key, id }) => key === keyMarker && id === uploadIdMarker);
  if (marked >= 0) return marked + 1;
  const next = uploads.findIndex(({ key }) => byBytes(key, keyMarker) > 0);
  return next >= 0 ? next : uploads.length;
}

/** S3 shows what the upload asked for. */
const checksumOf = ({ byDefault, algorithm, checksumType }: MultipartUpload) =>
  byDefault ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: checksumType };
