import { createReadStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { TRAINING_PREFIX, VALIDATION_PREFIX } from '../../../contract/training-data';
import type { TunableModel } from '../../../contract/tunable-models';
import { untilInterrupted } from '../../command/interruption';
import { CommandError } from '../../command/errors';
import type { Target } from '../target/target';
import { defaultKey, headObject } from '../upload/destination';
import { ensureUploaded } from '../upload/ensure-uploaded';
import { checkObject, checkSource, type CheckedData, type DataUse } from './preflight/data';

/** An object in the training bucket. */
export interface TrainingObject {
  readonly uri: string;
  readonly key: string;
  /** S3's version id where the bucket has versions, else the entity tag: changes whenever the content does. */
  readonly version: string;
  readonly bytes: number;
}

type Bucket = Pick<Target, 's3' | 'bucket'>;

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

/** @throws NotFound where there is no such object */
export async function trainingObject({ s3, bucket }: Bucket, key: string): Promise<TrainingObject> {
  const head = await headObject({ s3, bucket, key });
  return {
    uri: `s3://${bucket}/${key}`,
    key,
    version: head.VersionId ?? head.ETag?.replaceAll('"', '') ?? '',
    bytes: head.ContentLength ?? 0,
  };
}

export async function readObject(
  { s3, bucket }: Bucket,
  { key }: Pick<TrainingObject, 'key'>,
): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (Body instanceof Readable) return Body;
  throw new Error(`s3://${bucket}/${key} has no content.`);
}

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

/** Checks the data where it is, without changing anything. */
export async function inspect(
  target: Pick<Target, 'kind' | 's3' | 'bucket'>,
  { use, key, file }: DataSource,
  base: TunableModel,
): Promise<CheckedData> {
  if (file === undefined) return checkObject(target, key, use, base);
  const uri = `s3://${target.bucket}/${key}`;
  const checked = await checkSource(createReadStream(file), `${file} (for ${uri})`, use, base);
  return { ...checked, object: { uri, key, version: '', bytes: checked.report.bytes } };
}

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
    const check = { format: base.format, model: base, use };
    await untilInterrupted('Run the same command again: what has arrived is kept.', (signal) =>
      ensureUploaded(file, key, target, { check, signal }),
    );
  }
  return { use, key };
}
