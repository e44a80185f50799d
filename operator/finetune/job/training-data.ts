import { createReadStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { TRAINING_PREFIX, VALIDATION_PREFIX } from '../../../contract/training-data';
import type { TunableModel } from '../../../contract/tunable-models';
import { bad, good, type Check } from '../../command/check';
import { CommandError, isNotFound } from '../../command/errors';
import { untilInterrupted } from '../../command/interruption';
import { counted } from '../../command/words';
import { checkDataset } from '../dataset/check-dataset';
import type { DatasetReport } from '../dataset/dataset-report';
import type { Problem } from '../dataset/problem';
import { commandLine, forgotten } from '../target/open-target';
import type { Target } from '../target/target';
import { defaultKey, headObject } from '../upload/destination';
import { ensureUploaded } from '../upload/ensure-uploaded';

/** An object in the training bucket. */
export interface TrainingObject {
  readonly uri: string;
  /** S3's version id where the bucket has versions, else the entity tag: changes whenever the content does. */
  readonly version: string;
}

/**
 * @param reference `s3://BUCKET/KEY`
 * @throws CommandError for another bucket: the training role may read this one alone
 */
export function keyOf(reference: string, bucket: string): string {
  const [, , host, ...path] = reference.split('/');
  if (host === bucket && path.join('/') !== '') return path.join('/');
  throw new CommandError(
    `${reference} is not in the bucket ${bucket}, which is all that the training role may read. ` +
      'Upload it there: npm run assistant -- finetune upload FILE',
  );
}

export async function readObject(
  { s3, bucket }: Pick<Target, 's3' | 'bucket'>,
  key: string,
): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (Body instanceof Readable) return Body;
  throw new Error(`s3://${bucket}/${key} has no content.`);
}

type DataUse = 'training' | 'validation';

/** Where the data of a job is, or will be. */
export interface DataSource {
  readonly use: DataUse;
  readonly key: string;
  /** A file of this machine that is uploaded to the key first. */
  readonly file?: string;
}

/**
 * A file of this machine where there is one of this name; else an object of the training bucket.
 * @throws CommandError for an object of another bucket, and for what is neither a file nor a key of data
 */
export function dataSource(reference: string, use: DataUse, bucket: string): DataSource {
  if (reference.startsWith('s3://')) return { use, key: keyOf(reference, bucket) };
  if (existsSync(reference)) return { use, key: defaultKey(reference, use), file: reference };
  if (reference.startsWith(TRAINING_PREFIX) || reference.startsWith(VALIDATION_PREFIX))
    return { use, key: reference };
  throw new CommandError(
    `${reference} is not there. Name a file of JSON Lines, or a key of the training bucket: ${TRAINING_PREFIX}… or ${VALIDATION_PREFIX}…`,
  );
}

const NAMES = { training: 'training data', validation: 'validation data' } as const;

export interface CheckedData {
  readonly check: Check;
  /** Undefined where there is no such object. */
  readonly object?: TrainingObject;
  readonly report?: DatasetReport;
}

/** Checks the data where it is, without changing anything. */
export async function inspect(
  target: Pick<Target, 'kind' | 's3' | 'bucket'>,
  { use, key, file }: DataSource,
  base: TunableModel,
): Promise<CheckedData> {
  if (file === undefined) return checkObject(target, key, use, base);
  const uri = `s3://${target.bucket}/${key}`;
  const checked = await checkSource(createReadStream(file), `${file} (for ${uri})`, use, base);
  return { ...checked, object: { uri, version: '' } };
}

/** Reads an object of the training bucket from end to end: what Bedrock would refuse later is refused now. */
async function checkObject(
  target: Pick<Target, 'kind' | 's3' | 'bucket'>,
  key: string,
  use: DataUse,
  base: TunableModel,
): Promise<CheckedData> {
  const { s3, bucket } = target;
  const uri = `s3://${bucket}/${key}`;
  try {
    const { VersionId, ETag } = await headObject({ s3, bucket, key });
    const version = VersionId ?? ETag?.replaceAll('"', '') ?? '';
    const checked = await checkSource(await readObject(target, key), uri, use, base);
    return { ...checked, object: { uri, version } };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const upload = `Upload it: ${commandLine(target, `upload FILE --key ${key}`)}`;
    return { check: bad(NAMES[use], `${uri} does not exist${forgotten(target)}`, upload) };
  }
}

/** @param where what the source is called in the result */
export async function checkSource(
  source: AsyncIterable<Buffer>,
  where: string,
  use: DataUse,
  base: TunableModel,
): Promise<{ readonly check: Check; readonly report: DatasetReport }> {
  const report = await checkDataset(source, { model: base, use });
  const { records, problems, warnings } = report;
  if (problems.total === 0) {
    const doubts = warnings.total > 0 ? `, ${counted(warnings.total, 'warning')}: see finetune check` : '';
    return { check: good(NAMES[use], `${where}, ${counted(records, 'record')}${doubts}`), report };
  }
  const [first] = problems.listed;
  return {
    check: bad(
      NAMES[use],
      `${where} has ${counted(problems.total, 'problem')}${first ? `, the first${describe(first)}` : ''}`,
      `See them all: npm run assistant -- finetune check FILE --model ${base.id}`,
    ),
    report,
  };
}

/** Line 0 stands for the file as a whole. */
const describe = ({ line, path, detail }: Problem): string =>
  line === 0 ? `: ${detail}` : ` in line ${line}, ${path}: ${detail}`;

/**
 * Uploads a file of this machine, unless the same is there already.
 * @returns the data as it is in the bucket
 */
export async function bringToBucket(
  target: Pick<Target, 's3' | 'bucket' | 'kmsKeyArn'>,
  { use, key, file }: DataSource,
  base: TunableModel,
): Promise<DataSource> {
  if (file !== undefined) {
    const check = { model: base, use };
    await untilInterrupted('Run the same command again: what has arrived is kept.', (signal) =>
      ensureUploaded(file, key, target, { check, signal }),
    );
  }
  return { use, key };
}
