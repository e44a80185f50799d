import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { CommandError } from '../../command/errors';
import type { Target } from '../target/target';

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
 * @param reference `s3://BUCKET/KEY`, or a key of the training bucket
 * @throws CommandError for another bucket: the training role may read this one alone
 */
export function keyOf(reference: string, bucket: string): string {
  if (!reference.startsWith('s3://')) return reference;
  const [, , host, ...path] = reference.split('/');
  if (host === bucket && path.join('/') !== '') return path.join('/');
  throw new CommandError(
    `${reference} is not in the bucket ${bucket}, which is all that the training role may read. ` +
      'Upload it there: npm run assistant -- finetune upload FILE',
  );
}

/** @throws NotFound where there is no such object */
export async function headObject({ s3, bucket }: Bucket, key: string): Promise<TrainingObject> {
  const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return {
    uri: `s3://${bucket}/${key}`,
    key,
    version: head.VersionId ?? head.ETag?.replaceAll('"', '') ?? '',
    bytes: head.ContentLength ?? 0,
  };
}

export async function readObject({ s3, bucket }: Bucket, { key }: TrainingObject): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  if (Body instanceof Readable) return Body;
  throw new Error(`s3://${bucket}/${key} has no content.`);
}
