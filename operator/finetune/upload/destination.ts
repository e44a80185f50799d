import { basename } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { TRAINING_PREFIX, VALIDATION_PREFIX } from '../../../contract/training-data';
import { CommandError, isNotFound } from '../../command/errors';
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

/** @returns the version that is the file, under the stack's key; undefined where the object is another, or none */
export async function versionOf(file: LocalFile, destination: Destination): Promise<string | undefined> {
  const head = await destination.s3
    .send(new HeadObjectCommand({ ...location(destination), ChecksumMode: 'ENABLED' }), within(destination))
    .catch((error: unknown) => {
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
