import { CommandError, describeError, isNamed } from '../../command/errors';
import type { Destination } from './destination';

/** Words a failed upload: what was wrong, what to do, and that nothing is lost. */
export function uploadFailure(error: unknown, path: string, { bucket, key, signal }: Destination): Error {
  if (error instanceof CommandError || signal?.aborted) return error as Error;
  return new CommandError(`${path} was not uploaded to s3://${bucket}/${key}. ${reason(error, bucket)}`, 1, {
    cause: error,
  });
}

function reason(error: unknown, bucket: string): string {
  if (isNamed(error, 'NoSuchBucket'))
    return `There is no bucket ${bucket}: deploy the mlops stack first (npx cdktf deploy mlops), or correct S3_BUCKET_NAME.`;
  if (isNamed(error, 'BadDigest', 'XAmzContentChecksumMismatch'))
    return 'The file has changed since it was checked. Run the command again.';
  if (isNamed(error, 'PermanentRedirect', 'AuthorizationHeaderMalformed'))
    return `The bucket ${bucket} is in another region than the mlops stack. Correct S3_BUCKET_NAME or regions.mlops.`;
  return `${describeError(error)} Parts that have arrived are kept.`;
}
