import type { Reply } from '../../../platform/http/server';
import { checksumElement } from '../checksum/algorithms';
import { xmlReply } from '../http/replies';
import type { MultipartUpload, Part } from '../store/multipart-uploads';
import { byBytes } from '../store/versions';
import { countOption, integerOption } from './count-option';
import type { Call } from './operation';

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
