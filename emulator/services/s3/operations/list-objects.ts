import type { Reply } from '../../../platform/http/server';
import { invalidArgument, notImplemented } from '../http/errors';
import { xmlReply } from '../http/replies';
import { byBytes, type StoredObject } from '../store/versions';
import { countOption } from './count-option';
import type { Call } from './operation';

/** One line of a listing: an object, or all objects whose keys share a prefix. */
type Entry = { readonly name: string } & (
  { readonly object: StoredObject } | { readonly object?: undefined }
);

/** ListObjectsV2. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjects({ request: { query }, bucket }: Call): Promise<Reply> {
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
