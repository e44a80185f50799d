import { open, type FileHandle } from 'node:fs/promises';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CommandError, isNamed } from '../../command/errors';
import { location, within, type Destination, versionOf } from './destination';
import type { LocalFile } from './local-file';
import { findUnfinishedUpload, type UnfinishedUpload } from './unfinished-uploads';
import type { PartDigest } from './parts';

interface SendOptions {
  /** Parts under way at once; each is held in memory meanwhile. */
  readonly concurrency: number;
  /** Bytes that are there. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Sends the parts that are missing. Retries are the SDK's alone (`maxAttempts` of the client).
 * @returns the ETags of all parts, by number
 * @throws the first failure, when no other part is under way any more; what was sent stays
 */
async function sendParts(
  file: LocalFile,
  upload: UnfinishedUpload,
  destination: Destination,
  { concurrency, onProgress }: SendOptions,
): Promise<ReadonlyMap<number, string>> {
  const etags = new Map(upload.parts);
  const missing = file.parts.filter(({ number }) => !etags.has(number));
  let sent = file.parts
    .filter(({ number }) => etags.has(number))
    .reduce((sum, { length }) => sum + length, 0);
  onProgress(sent);
  const handle = await open(file.path);
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let part = missing.shift(); part && !failed; part = missing.shift()) {
      etags.set(part.number, await sendPart(part, handle, upload.id, file.path, destination));
      sent += part.length;
      onProgress(sent);
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    worker().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  try {
    const outcomes = await Promise.allSettled(workers);
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
    return etags;
  } finally {
    await handle.close();
  }
}

async function sendPart(
  { number, start, length, sha256 }: PartDigest,
  handle: FileHandle,
  uploadId: string,
  path: string,
  destination: Destination,
): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, start);
  if (bytesRead < length) throw new CommandError(`${path} became shorter meanwhile. Run the command again.`);
  const { ETag } = await destination.s3.send(
    new UploadPartCommand({
      ...location(destination),
      UploadId: uploadId,
      PartNumber: number,
      Body: buffer,
      ContentLength: length,
      // Of what was checked: where the file has changed since, S3 refuses the part.
      ChecksumSHA256: sha256,
    }),
    within(destination),
  );
  if (ETag === undefined) throw new Error(`S3 took part ${number} without an ETag.`);
  return ETag;
}

interface UploadResult {
  readonly versionId: string;
  /** Parts that had been there already; undefined where the whole object had. */
  readonly keptParts: number | undefined;
}

/**
 * Brings a file to S3, going on where an earlier run was interrupted. Nothing is done where the object is the
 * file already. Concurrent runs of the same file share an upload; the slower one finds the work done.
 */
export async function uploadFile(
  file: LocalFile,
  destination: Destination,
  options: SendOptions,
): Promise<UploadResult> {
  // Asked first: its errors have a body that says what is wrong, those of HEAD requests have none.
  const unfinished = await findUnfinishedUpload(file, destination);
  const present = await versionOf(file, destination);
  if (present !== undefined) return { versionId: present, keptParts: undefined };
  const upload = unfinished ?? (await begin(destination));
  const etags = await sendParts(file, upload, destination, options);
  await complete(upload, file, etags, destination);
  const versionId = await versionOf(file, destination);
  if (versionId !== undefined) return { versionId, keptParts: upload.parts.size };
  throw new CommandError(
    `What S3 holds as ${destination.key} is not ${file.path}: somebody else writes there, or the bytes were changed on the way. Run the command again.`,
  );
}

async function begin(destination: Destination): Promise<UnfinishedUpload> {
  const { UploadId } = await destination.s3.send(
    new CreateMultipartUploadCommand({
      ...location(destination),
      ChecksumAlgorithm: 'SHA256',
      ChecksumType: 'COMPOSITE',
      ContentType: 'application/jsonl',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: destination.kmsKeyArn,
    }),
    within(destination),
  );
  if (UploadId === undefined) throw new Error('S3 began an upload without naming it.');
  return { id: UploadId, parts: new Map() };
}

async function complete(
  { id }: UnfinishedUpload,
  { parts }: LocalFile,
  etags: ReadonlyMap<number, string>,
  destination: Destination,
): Promise<void> {
  const completed = parts.map(({ number, sha256 }) => ({
    PartNumber: number,
    ETag: etags.get(number),
    ChecksumSHA256: sha256,
  }));
  await destination.s3
    .send(
      new CompleteMultipartUploadCommand({
        ...location(destination),
        UploadId: id,
        MultipartUpload: { Parts: completed },
      }),
      within(destination),
    )
    .catch((error: unknown) => {
      // A first attempt, or a concurrent run, may have completed it unheard: what the object is decides.
      if (!isNamed(error, 'NoSuchUpload')) throw error;
    });
}
