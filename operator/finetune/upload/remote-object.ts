import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { isNotFound } from '../../command/errors';
import { location, within, type Destination } from './destination';
import type { LocalFile } from './local-file';

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
