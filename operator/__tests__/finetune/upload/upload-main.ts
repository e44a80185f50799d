import { ensureUploaded } from '../../../finetune/upload/ensure-uploaded';
import { BUCKET, clientOf, KEY, KEY_ARN, MIB } from './fixture';

/** An upload in a process of its own, which can be killed: `upload-main.ts FILE ENDPOINT`; writes the result. */
async function main(path = '', endpoint = ''): Promise<void> {
  const target = { s3: clientOf(endpoint), bucket: BUCKET, kmsKeyArn: KEY_ARN };
  process.stdout.write(
    JSON.stringify(await ensureUploaded(path, KEY, target, { partBytes: 5 * MIB, concurrency: 2 })),
  );
}

void main(...process.argv.slice(2));
