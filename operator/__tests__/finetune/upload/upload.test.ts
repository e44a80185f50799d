import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { error } from '@assistant/emulator/run';
import { DatasetRefused, prepareFile } from '../../../finetune/upload/local-file';
import { ensureUploaded, uploadPrepared } from '../../../finetune/upload/ensure-uploaded';
import { BUCKET, clientOf, KEY, KEY_ARN, largeFile, MIB, smallFile, startBench, type Bench } from './fixture';

const PARTS = { partBytes: 5 * MIB };
let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

const upload = (path: string, options = PARTS) => ensureUploaded(path, KEY, bench.target, options);
const unfinished = async () =>
  (await bench.s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? [];
const content = async () => {
  const { Body } = await bench.s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

describe('an upload', () => {
  it('brings the file, in parts, and says where it is', async () => {
    const path = largeFile(bench);
    const result = await upload(path);
    expect(result).toMatchObject({ uri: `s3://${BUCKET}/${KEY}`, keptParts: 0 });
    expect(result.versionId).toMatch(/./);
    expect((await content()).equals(readFileSync(path))).toBe(true);
    expect(bench.proxy.answeredWell).toMatchObject({
      Create: 1,
      'UploadPart 1': 1,
      'UploadPart 3': 1,
      Complete: 1,
    });
    expect(await unfinished()).toEqual([]);
  });

  it('does nothing where the same is there', async () => {
    const path = smallFile(bench);
    const { versionId } = await upload(path);
    bench.proxy.requests.length = 0;
    expect(await upload(path)).toMatchObject({ versionId, records: 10, keptParts: undefined });
    expect(bench.proxy.answeredWell).toEqual({ ListUploads: 1, HEAD: 1 });
  });

  it('makes a new version where the file has changed', async () => {
    const { versionId } = await upload(smallFile(bench, 1));
    const changed = smallFile(bench, 2);
    expect((await upload(changed)).versionId).not.toBe(versionId);
    expect(await content()).toEqual(readFileSync(changed));
  });

  it('does not take an object under another key for the same', async () => {
    const path = smallFile(bench);
    await upload(path);
    const other = { ...bench.target, kmsKeyArn: `${KEY_ARN}0` };
    await expect(ensureUploaded(path, KEY, other, PARTS)).rejects.toThrow('was not uploaded');
  });

  it('sends nothing of a dataset with problems', async () => {
    const path = join(bench.folder, 'broken.jsonl');
    writeFileSync(path, '{"messages":\n');
    const refusal = upload(path);
    await expect(refusal).rejects.toBeInstanceOf(DatasetRefused);
    await expect(refusal).rejects.toThrow('line 1: is not JSON [invalid-json]');
    expect(bench.proxy.requests).toEqual([]);
  });

  it('is refused by S3 where the file has changed since it was checked', async () => {
    const path = smallFile(bench);
    const prepared = await prepareFile(path, PARTS);
    writeFileSync(path, readFileSync(path, 'utf8').replace('Where', 'There'));
    const sent = uploadPrepared(prepared, KEY, bench.target, {});
    await expect(sent).rejects.toThrow('The file has changed since it was checked. Run the command again.');
  });
});

describe('what an earlier run has left', () => {
  /** Begins an upload of the file's first parts, as a run that was interrupted. */
  const begin = async (path: string, parts: number, algorithm: 'SHA256' | 'CRC32' = 'SHA256') => {
    const { client } = bench.s3;
    const where = { Bucket: BUCKET, Key: KEY };
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ ...where, ChecksumAlgorithm: algorithm }),
    );
    for (let number = 1; number <= parts; number += 1) {
      const Body = readFileSync(path).subarray((number - 1) * 5 * MIB, number * 5 * MIB);
      const part = { ...where, UploadId, PartNumber: number, Body, ChecksumAlgorithm: algorithm };
      await client.send(new UploadPartCommand(part));
    }
    return UploadId;
  };

  it('is gone on with', async () => {
    const path = largeFile(bench);
    await begin(path, 2);
    expect(await upload(path)).toMatchObject({ keptParts: 2 });
    expect(Object.keys(bench.proxy.answeredWell)).not.toContain('UploadPart 2');
    expect(bench.proxy.answeredWell).toMatchObject({ 'UploadPart 3': 1 });
    expect((await content()).equals(readFileSync(path))).toBe(true);
  });

  it('is found whatever number of pages S3 lists it on', async () => {
    const path = largeFile(bench);
    await begin(path, 0, 'CRC32');
    await begin(path, 2);
    bench.target.s3.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.input, { MaxParts: 1, MaxUploads: 1 });
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await upload(path)).toMatchObject({ keptParts: 2 });
    expect(bench.proxy.answeredWell).toMatchObject({ ListUploads: 2, ListParts: 2 });
  });

  it('stays where the operator interrupts', async () => {
    const path = largeFile(bench);
    const interruption = new AbortController();
    bench.proxy.onAnswer = ({ operation }) => {
      if (operation === 'UploadPart 2') interruption.abort();
    };
    const serial = { ...PARTS, concurrency: 1, signal: interruption.signal };
    await expect(ensureUploaded(path, KEY, bench.target, serial)).rejects.toThrow('aborted');
    expect((await upload(path)).keptParts).toBeGreaterThanOrEqual(2);
  });

  it('is gone on with where the file has grown since, as far as its parts are the same', async () => {
    const path = largeFile(bench);
    await begin(path, 2);
    appendFileSync(path, readFileSync(smallFile(bench)));
    expect(await upload(path)).toMatchObject({ keptParts: 2 });
    expect((await content()).equals(readFileSync(path))).toBe(true);
  });

  it('is aborted where it is of another file', async () => {
    await begin(largeFile(bench), 2);
    const path = smallFile(bench);
    expect(await upload(path)).toMatchObject({ keptParts: 0 });
    expect(bench.proxy.answeredWell).toMatchObject({ Abort: 1, Create: 1 });
    expect(await unfinished()).toEqual([]);
  });

  it('is left alone where another tool has begun it', async () => {
    const path = largeFile(bench);
    const id = await begin(path, 1, 'CRC32');
    expect(await upload(path)).toMatchObject({ keptParts: 0 });
    expect((await unfinished()).map(({ UploadId }) => UploadId)).toEqual([id]);
  });
});

describe('a failure', () => {
  it('says to deploy the stack where there is no bucket', async () => {
    const target = { ...bench.target, bucket: 'nowhere' };
    await expect(ensureUploaded(smallFile(bench), KEY, target)).rejects.toThrow(
      'There is no bucket nowhere: deploy the mlops stack first (npx cdktf deploy mlops)',
    );
  });

  it('names the missing permission', async () => {
    await bench.stop();
    bench = await startBench({
      authorize: (_caller, action) => {
        if (action === 's3:PutObject') throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      },
    });
    await expect(upload(smallFile(bench))).rejects.toThrow(/AccessDenied.*permission/);
  });

  it('without a reason is told as what it may be', async () => {
    await bench.stop();
    bench = await startBench({
      authorize: (_caller, action) => {
        if (action === 's3:GetObject') throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      },
    });
    await expect(upload(smallFile(bench))).rejects.toThrow(
      `S3 refuses to say what s3://${BUCKET}/${KEY} is (403, without a reason). It takes s3:GetObject`,
    );
  });

  it('of S3 keeps what has arrived', async () => {
    await bench.stop();
    const slowDown = error(503, 'SlowDown', 'Please reduce your request rate.');
    let broken = false;
    bench = await startBench({
      intercept: () => (broken ? slowDown : undefined),
    });
    bench.proxy.onAnswer = ({ operation }) => {
      broken ||= operation === 'UploadPart 2';
    };
    const path = largeFile(bench);
    const serial = { ...PARTS, concurrency: 1 };
    await expect(upload(path, serial)).rejects.toThrow('Parts that have arrived are kept.');
    broken = false;
    bench.proxy.onAnswer = () => undefined;
    expect(await upload(path, serial)).toMatchObject({ keptParts: 2 });
  });

  it('is that nothing answers', async () => {
    const s3 = clientOf('http://127.0.0.1:9');
    await expect(ensureUploaded(smallFile(bench), KEY, { ...bench.target, s3 })).rejects.toThrow(
      `small.jsonl was not uploaded to s3://${BUCKET}/${KEY}.`,
    );
    s3.destroy();
  });
});
