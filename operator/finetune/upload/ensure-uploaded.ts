import { byteProgress } from '../../command/progress';
import type { CheckOptions } from '../dataset/check-options';
import type { Target } from '../target/target';
import { uploadFailure } from './describe-failure';
import { requireKey } from './object-key';
import { uploadFile } from './multipart-upload';
import { prepareFile, type PreparedFile } from './prepare-file';

export interface UploadOptions {
  /** How the dataset is checked; `use` says whether it is for training or validation. */
  readonly check?: Omit<CheckOptions, 'split' | 'onProgress'>;
  /** Bytes of a part; 8 MiB where left out. A run resumes one that had parts of the same size. */
  readonly partBytes?: number;
  /** Parts under way at once; 4 where left out. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
}

export interface UploadedDataset {
  /** `s3://bucket/key` */
  readonly uri: string;
  readonly versionId: string;
  readonly records: number;
  /** UTF-16 code units of its texts, for an estimate of cost. */
  readonly characters: number;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Parts that an earlier run had sent; undefined where the whole object was there. */
  readonly keptParts: number | undefined;
}

export const DEFAULT_PART_BYTES = 8 * 2 ** 20;
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
  return uploadPrepared(await prepareDataset(path, options), key, target, options);
}

/** The first half of `ensureUploaded`, where a second file is to be checked before the first is uploaded. */
export function prepareDataset(path: string, options: UploadOptions): Promise<PreparedFile> {
  return prepareFile(path, options.partBytes ?? DEFAULT_PART_BYTES, options.check ?? {});
}

/** The second half of `ensureUploaded`. */
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
    const { records, characters, bytes } = report;
    return { uri: `s3://${bucket}/${key}`, versionId, records, characters, bytes, keptParts };
  } catch (error) {
    throw uploadFailure(error, file.path, destination);
  } finally {
    progress.stop();
  }
}
