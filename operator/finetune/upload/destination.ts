import { basename } from 'node:path';
import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { TRAINING_PREFIX, VALIDATION_PREFIX } from '../../../contract/training-data';
import { CommandError, isNotFound, isRefused } from '../../command/errors';
import type { Target } from '../target/target';
import type { LocalFile } from './local-file';

/** Where a file goes. */
export interface Destination extends Pick<Target, 's3' | 'bucket' | 'kmsKeyArn'> {
  readonly key: string;
  /** Ends the upload; what is there already is kept for the next run. */
  readonly signal?: AbortSignal | undefined;
}

/** What every request names. */
export const location = ({ bucket, key }: Destination) => ({ Bucket: bucket, Key: key });

/** The options of every request. */
export const within = ({ signal }: Destination) => (signal ? { abortSignal: signal } : {});

/**
 * S3's own name of the version where a bucket keeps none.
 * Source: S3 user guide, "How S3 Versioning works".
 */
const UNVERSIONED = 'null';

/** @throws NotFound where there is no such object, CommandError where S3 does not say */
export async function headObject(
  { s3, bucket, key, signal }: Pick<Destination, 's3' | 'bucket' | 'key' | 'signal'>,
  ChecksumMode?: 'ENABLED',
): Promise<HeadObjectCommandOutput> {
  try {
    const head = new HeadObjectCommand({ Bucket: bucket, Key: key, ...(ChecksumMode && { ChecksumMode }) });
    return await s3.send(head, signal ? { abortSignal: signal } : {});
  } catch (error) {
    if (!isRefused(error)) throw error;
    throw new CommandError(
      `S3 refuses to say what s3://${bucket}/${key} is (403, without a reason). It takes s3:GetObject there, and ` +
        'kms:Decrypt with its key; without s3:ListBucket, S3 says the same where there is no such object. ' +
        'Have them permitted, and run the command again.',
      1,
      { cause: error },
    );
  }
}

/** @returns the version that is the file, under the stack's key; undefined where the object is another, or none */
export async function versionOf(file: LocalFile, destination: Destination): Promise<string | undefined> {
  const head = await headObject(destination, 'ENABLED').catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const same =
    head?.ContentLength === file.size &&
    head.ChecksumSHA256 === file.checksum &&
    head.SSEKMSKeyId === destination.kmsKeyArn;
  return same ? (head.VersionId ?? UNVERSIONED) : undefined;
}

/** What Bedrock takes as a dataset's name. Source: Nova user guide, "Preparing data for fine-tuning". */
const KEY = /^[A-Za-z0-9_\-/.]+$/;

const PREFIXES = { training: TRAINING_PREFIX, validation: VALIDATION_PREFIX } as const;

/** Where a file belongs in the training bucket: under its own name, where the training role may read it. */
export const defaultKey = (path: string, use: keyof typeof PREFIXES): string =>
  `${PREFIXES[use]}${basename(path)}`;

/** @throws CommandError for a key that a training job could not read */
export function requireKey(key: string): void {
  if (!KEY.test(key))
    throw new CommandError(
      `Bedrock takes no ${key}: name it with letters, digits, _ - . and / alone (--key).`,
    );
  const prefixes = Object.values(PREFIXES);
  if (!prefixes.some((prefix) => key.startsWith(prefix) && key !== prefix))
    throw new CommandError(
      `The training role may not read ${key}: let it begin with ${prefixes.join(' or ')}.`,
    );
}
