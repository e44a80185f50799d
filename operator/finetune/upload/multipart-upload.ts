import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { CommandError, isNamed } from '../../command/errors';
import { location, within, type Destination } from './destination';
import type { LocalFile } from './local-file';
import { versionOf } from './remote-object';
import { findUnfinishedUpload, type UnfinishedUpload } from './unfinished-uploads';
import { sendParts, type SendOptions } from './send-parts';

export interface UploadResult {
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
