import { open, type FileHandle } from 'node:fs/promises';
import { UploadPartCommand } from '@aws-sdk/client-s3';
import { CommandError } from '../../command/errors';
import { location, within, type Destination } from './destination';
import type { LocalFile } from './local-file';
import type { PartDigest } from './part-hasher';
import type { UnfinishedUpload } from './unfinished-uploads';

export interface SendOptions {
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
export async function sendParts(
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
