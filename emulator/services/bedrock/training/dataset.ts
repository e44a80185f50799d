import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { TunableModel } from '../tunable-models';
import type { S3Location } from '../jobs/job-request';
import type { ObjectStore } from '../options';
import { linesOf, LineTooLongError } from './lines';
import { problemOf } from './record';

/** The longest record that is read, in bytes: five times six characters for each of 32,000 tokens. */
const MAX_RECORD_BYTES = 1024 * 1024;

/** Ends a job as Failed; the message is the job's `failureMessage`. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

export interface Dataset {
  readonly records: number;
  /** hexadecimal digest of its contents */
  readonly digest: string;
}

/**
 * Reads a dataset as Bedrock does before it trains: as a stream, up to the first record that is not as it has to be.
 * Wording where AWS publishes it: Bedrock user guide, "Troubleshooting model customization issues".
 * @throws DatasetError
 */
export async function readDataset(
  data: Pick<ObjectStore, 'get'>,
  { bucket, key }: S3Location,
  { format, records: limit, id }: TunableModel,
): Promise<Dataset> {
  const source = await data.get(bucket, key);
  if (source === undefined) {
    throw new DatasetError(`The specified key does not exist: Amazon S3 bucket ${bucket}, key ${key}.`);
  }
  const file = basename(key);
  const digest = createHash('sha256');
  let records = 0;
  try {
    for await (const line of linesOf(source, MAX_RECORD_BYTES)) {
      records += 1;
      if (records > limit.maximum) break;
      const problem = problemOf(line, format);
      if (problem !== undefined) {
        throw new DatasetError(
          `Unable to parse Amazon S3 file: ${file}. Data files must conform to JSONL format. Line ${records}: ${problem}.`,
        );
      }
      digest.update(line);
    }
  } catch (error) {
    if (error instanceof LineTooLongError) {
      throw new DatasetError(`Input size exceeded in file ${file} for record ${error.line}.`);
    }
    throw error;
  }
  if (records > limit.maximum) {
    throw new DatasetError(
      `${file} has more than ${limit.maximum} records, which is the most that ${id} takes.`,
    );
  }
  return { records, digest: digest.digest('hex') };
}

/** @throws DatasetError when a training set is too small; validation sets may have any size */
export function requireEnough({ records }: Dataset, { id, records: limit }: TunableModel): void {
  if (records >= Math.max(1, limit.minimum)) return;
  throw new DatasetError(
    `The training dataset has ${records} records, and ${id} needs at least ${limit.minimum}.`,
  );
}
