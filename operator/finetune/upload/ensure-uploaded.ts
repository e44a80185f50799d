import { withoutValidationSet, type TunableModel } from '../../../contract/tunable-models';
import { CommandError, describeError, isNamed } from '../../command/errors';
import { byteProgress } from '../../command/progress';
import type { Target } from '../target/target';
import { type Destination, requireKey, defaultKey } from './destination';
import { uploadFile } from './multipart-upload';
import { prepareFile, type PreparedFile, type PrepareOptions } from './local-file';

/** Words a failed upload: what was wrong, what to do, and that nothing is lost. */
function uploadFailure(error: unknown, path: string, { bucket, key, signal }: Destination): Error {
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

/** A file for the training bucket. */
export interface FileToUpload {
  readonly path: string;
  readonly use: 'training' | 'validation';
  /** `train/` or `validation/` and the file's name where left out. */
  readonly key: string | undefined;
}

export type Prepared = PreparedFile & { readonly key: string };

/**
 * Checks all files before any of them is uploaded.
 * @throws CommandError for the first that cannot be uploaded, or where both together are too many
 */
export async function prepareAll(
  files: readonly FileToUpload[],
  options: UploadOptions,
): Promise<readonly Prepared[]> {
  const refusal = options.check?.model && withoutValidationSet(options.check.model);
  if (refusal !== undefined && files.some(({ use }) => use === 'validation'))
    throw new CommandError(`${refusal}. Nothing was uploaded.`);
  const named = files.map(({ path, use, key }) => ({ path, use, key: key ?? defaultKey(path, use) }));
  for (const { key } of named) requireKey(key);
  const prepared: Prepared[] = [];
  for (const { path, use, key } of named) {
    prepared.push({ ...(await prepareFile(path, { ...options, check: { ...options.check, use } })), key });
  }
  if (options.check?.model) requireRoom(prepared, options.check.model);
  return prepared;
}

/** Bedrock's limit is on training and validation records together. */
function requireRoom(prepared: readonly Prepared[], model: TunableModel): void {
  const limited = prepared.filter(({ report }) => report.model === model.id);
  const records = limited.reduce((sum, { report }) => sum + report.records, 0);
  if (records <= model.records.maximum) return;
  throw new CommandError(
    `Together the files have ${records} records; ${model.id} takes ${model.records.maximum}. ` +
      'Nothing was uploaded: remove some.',
  );
}

interface UploadOptions extends PrepareOptions {
  /** Parts under way at once; 4 where left out. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
}

export interface UploadedDataset {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly versionId: string;
  readonly records: number;
  /** Parts that an earlier run had sent; undefined where the whole object was there. */
  readonly keptParts: number | undefined;
}

export const DEFAULT_CONCURRENCY = 4;

export type UploadTarget = Pick<Target, 's3' | 'bucket' | 'kmsKeyArn'>;

/**
 * Checks a dataset and brings it to the training bucket, where it is not there yet. May be interrupted anywhere
 * and run again: nothing is lost, nothing is sent twice.
 * @param key in the bucket, e.g. `train/dataset.jsonl`
 * @throws DatasetRefused where the dataset has problems, CommandError with what to do where the upload fails
 */
export async function ensureUploaded(
  path: string,
  key: string,
  target: UploadTarget,
  options: UploadOptions = {},
): Promise<UploadedDataset> {
  requireKey(key);
  return uploadPrepared(await prepareFile(path, options), key, target, options);
}

/** The second half of `ensureUploaded`: a second file is checked before the first is uploaded. */
export async function uploadPrepared(
  { file, report }: PreparedFile,
  key: string,
  { s3, bucket, kmsKeyArn }: UploadTarget,
  { concurrency = DEFAULT_CONCURRENCY, signal }: UploadOptions,
): Promise<UploadedDataset> {
  const destination = { s3, bucket, kmsKeyArn, key, signal };
  const progress = byteProgress('Uploading', file.size);
  try {
    const { versionId, keptParts } = await uploadFile(file, destination, {
      concurrency,
      onProgress: progress.update,
    });
    return { uri: `s3://${bucket}/${key}`, versionId, records: report.records, keptParts };
  } catch (error) {
    throw uploadFailure(error, file.path, destination);
  } finally {
    progress.stop();
  }
}
