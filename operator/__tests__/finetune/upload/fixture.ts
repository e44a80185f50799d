import type { IncomingMessage } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Options } from '@assistant/emulator/run';
import {
  BUCKET,
  bucketWith,
  clientOf,
  KEY_ARN,
  SETTINGS,
  startS3,
  type RunningS3,
} from '../../../../emulator/__tests__/services/s3/fixture';
import type { UploadTarget } from '../../../finetune/upload/ensure-uploaded';
import { conversation, conversations } from '../dataset/fixture';
import { RecordingProxy } from '../../recording-proxy';

export { BUCKET, KEY_ARN, clientOf };
export const KEY = 'train/data.jsonl';
export const MIB = 2 ** 20;

/** A local S3 with the training bucket, a proxy before it, and a folder for files. */
export interface Bench {
  readonly s3: RunningS3;
  readonly proxy: RecordingProxy;
  /** Of the proxy. */
  readonly url: string;
  readonly folder: string;
  readonly target: UploadTarget;
  stop(): Promise<void>;
}

export async function startBench(options: Partial<S3Options> = {}): Promise<Bench> {
  const s3 = await startS3({ buckets: bucketWith(SETTINGS.versioned, SETTINGS.kms), ...options });
  const proxy = new RecordingProxy(s3.url, operationOf);
  const url = await proxy.listen();
  const folder = mkdtempSync(join(tmpdir(), 'upload-'));
  const client: S3Client = clientOf(url);
  return {
    s3,
    proxy,
    url,
    folder,
    target: { s3: client, bucket: BUCKET, kmsKeyArn: KEY_ARN },
    stop: async () => {
      client.destroy();
      await proxy.close();
      await s3.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Ten small records; the first one's number tells versions of the file apart. */
export function smallFile({ folder }: Pick<Bench, 'folder'>, first = 1): string {
  const path = join(folder, 'small.jsonl');
  writeFileSync(
    path,
    `${conversations(first + 9)
      .slice(first - 1)
      .join('\n')}\n`,
  );
  return path;
}

const SYSTEM = [{ text: 'You answer customers. '.repeat(3_000) }];

/** By how many parts they have: each is made once. */
const largeContents = new Map<number, Buffer>();

/** Records of some 64 KB, few to check; the last of its parts of 5 MiB is a short one. */
export function largeFile({ folder }: Pick<Bench, 'folder'>, parts = 3): string {
  const path = join(folder, 'large.jsonl');
  const content = largeContents.get(parts) ?? largeContent(parts);
  largeContents.set(parts, content);
  writeFileSync(path, content);
  return path;
}

function largeContent(parts: number): Buffer {
  const lines: string[] = [];
  for (let bytes = 0; bytes < (parts - 1) * 5 * MIB; bytes += lines.at(-1)?.length ?? 0)
    lines.push(`${JSON.stringify({ ...conversation(lines.length), system: SYSTEM })}\n`);
  return Buffer.from(lines.join(''));
}

function operationOf({ method = '' }: IncomingMessage, { searchParams }: URL): string {
  const part = searchParams.get('partNumber');
  if (part !== null) return `UploadPart ${part}`;
  if (searchParams.has('uploadId'))
    return { GET: 'ListParts', POST: 'Complete', DELETE: 'Abort' }[method] ?? method;
  if (searchParams.has('uploads')) return method === 'POST' ? 'Create' : 'ListUploads';
  return method;
}
