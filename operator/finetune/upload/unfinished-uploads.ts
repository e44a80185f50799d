import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  type ListPartsCommandOutput,
  type MultipartUpload,
  type Part,
} from '@aws-sdk/client-s3';
import { isNamed } from '../../command/errors';
import { location, within, type Destination } from './destination';
import type { LocalFile } from './local-file';

/** An upload that an earlier run has begun. */
export interface UnfinishedUpload {
  readonly id: string;
  /** ETags of the parts that are there, by number. */
  readonly parts: ReadonlyMap<number, string>;
}

/**
 * Finds what an earlier run has left. S3 itself is the record: a part there counts if its size and SHA-256 are
 * those of the file's part. An upload with a part of anything else was another file's, or had parts of another
 * size, and is aborted, so that its parts do not cost storage. Uploads without SHA-256 are not ours: left alone.
 */
export async function findUnfinishedUpload(
  file: LocalFile,
  destination: Destination,
): Promise<UnfinishedUpload | undefined> {
  let best: UnfinishedUpload | undefined;
  for (const id of await uploadIds(destination)) {
    const parts = await listParts(id, destination);
    if (parts === undefined) continue;
    const upload = parts.every((part) => belongsTo(file, part)) ? { id, parts: etagsOf(parts) } : undefined;
    if (!upload) await abort(id, destination);
    else if (!best || upload.parts.size > best.parts.size) best = upload;
  }
  return best;
}

async function uploadIds(destination: Destination): Promise<readonly string[]> {
  const { s3, bucket, key } = destination;
  const found: MultipartUpload[] = [];
  let marker: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (marker) {
    const page: ListMultipartUploadsCommandOutput = await s3.send(
      new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key, ...marker }),
      within(destination),
    );
    found.push(...(page.Uploads ?? []));
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    marker = page.IsTruncated ? { KeyMarker, UploadIdMarker } : undefined;
  }
  return found
    .filter((upload) => upload.Key === key && upload.ChecksumAlgorithm === 'SHA256')
    .flatMap(({ UploadId }) => UploadId ?? []);
}

/** @returns undefined where the upload was completed or aborted meanwhile */
async function listParts(id: string, destination: Destination): Promise<readonly Part[] | undefined> {
  const parts: Part[] = [];
  let marker: string | undefined = '0';
  // Not by the SDK's paginator: it asks on while there is a marker, and S3 gives one with the last page, too.
  while (marker !== undefined) {
    const page: ListPartsCommandOutput | undefined = await destination.s3
      .send(
        new ListPartsCommand({ ...location(destination), UploadId: id, PartNumberMarker: marker }),
        within(destination),
      )
      .catch((error: unknown) => {
        if (isNamed(error, 'NoSuchUpload')) return undefined;
        throw error;
      });
    if (!page) return undefined;
    parts.push(...(page.Parts ?? []));
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
  }
  return parts;
}

function belongsTo({ parts }: LocalFile, { PartNumber = 0, Size, ChecksumSHA256 }: Part): boolean {
  const local = parts[PartNumber - 1];
  return local !== undefined && local.length === Size && local.sha256 === ChecksumSHA256;
}

const etagsOf = (parts: readonly Part[]): ReadonlyMap<number, string> =>
  new Map(parts.map(({ PartNumber = 0, ETag = '' }) => [PartNumber, ETag]));

async function abort(id: string, destination: Destination): Promise<void> {
  await destination.s3
    .send(new AbortMultipartUploadCommand({ ...location(destination), UploadId: id }), within(destination))
    .catch((error: unknown) => {
      if (!isNamed(error, 'NoSuchUpload')) throw error;
    });
}
