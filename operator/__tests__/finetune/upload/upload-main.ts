import { S3Client } from '@aws-sdk/client-s3';
import { ensureUploaded } from '../../../finetune/upload/ensure-uploaded';

/** An upload in a process of its own, which can be killed; writes the result. */
async function main(
  [path = '', endpoint = '', bucket = '', kmsKeyArn = '', key = '']: readonly string[],
  partBytes: number,
): Promise<void> {
  const credentials = { accessKeyId: 'AKIALOCALOPERATOR', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const options = { partBytes, concurrency: 2 };
  process.stdout.write(JSON.stringify(await ensureUploaded(path, key, { s3, bucket, kmsKeyArn }, options)));
}

void main(process.argv.slice(2), 5 * 2 ** 20);
