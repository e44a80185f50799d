import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, bucketWith, failureOf, SETTINGS, startS3 } from './fixture';

const at = (Key: string) => ({ Bucket: BUCKET, Key });

describe('S3 with versioning', () => {
  it('keeps what is overwritten and deleted', async () => {
    const s3 = await startS3({ buckets: bucketWith(SETTINGS.versioned) });
    const read = async (VersionId?: string) => {
      const { Body } = await s3.client.send(
        new GetObjectCommand({ ...at('a'), ...(VersionId !== undefined && { VersionId }) }),
      );
      return Body?.transformToString();
    };
    const first = await s3.client.send(new PutObjectCommand({ ...at('a'), Body: '1' }));
    const second = await s3.client.send(new PutObjectCommand({ ...at('a'), Body: '2' }));
    expect([await read(), await read(first.VersionId)]).toEqual(['2', '1']);

    const marker = await s3.client.send(new DeleteObjectCommand(at('a')));
    expect(marker.DeleteMarker).toBe(true);
    expect(await failureOf(read())).toBe('404 NoSuchKey');
    expect(await failureOf(read(marker.VersionId))).toBe('405 MethodNotAllowed');
    expect(await failureOf(read('x'.repeat(32)))).toBe('404 NoSuchVersion');
    for (const none of ['none', '']) expect(await failureOf(read(none))).toBe('400 InvalidArgument');
    expect(await read(second.VersionId)).toBe('2');

    const back = await s3.client.send(new DeleteObjectCommand({ ...at('a'), VersionId: marker.VersionId }));
    expect(back.DeleteMarker).toBe(true);
    expect(await read()).toBe('2');
    await s3.client.send(new DeleteObjectCommand({ ...at('a'), VersionId: second.VersionId }));
    expect(await read()).toBe('1');
    await s3.stop();
  });
});

it('S3 deletes on the condition that there is what its caller knows', async () => {
  const s3 = await startS3({ buckets: bucketWith(SETTINGS.versioned) });
  const drop = (IfMatch: string, more = {}) =>
    failureOf(s3.client.send(new DeleteObjectCommand({ ...at('a'), IfMatch, ...more })));
  expect(await drop('*')).toBe('404 NoSuchKey');
  const { ETag = '', VersionId } = await s3.client.send(new PutObjectCommand({ ...at('a'), Body: '1' }));
  expect(await drop('"other"')).toBe('412 PreconditionFailed');
  expect(await drop(ETag, { VersionId })).toBe('501 NotImplemented');
  expect(await drop(ETag)).toBe('no failure');
  expect([await drop(ETag), await drop('*')]).toEqual(['412 PreconditionFailed', '412 PreconditionFailed']);
  await s3.stop();
});

describe('S3 keeps content on disk', () => {
  const startApart = async () => {
    const parent = mkdtempSync(join(tmpdir(), 's3-test-'));
    process.env.TMPDIR = parent;
    const s3 = await startS3();
    return { s3, directory: join(parent, readdirSync(parent).join()) };
  };

  it('one file for each object, and none for what is replaced or refused', async () => {
    const { s3, directory } = await startApart();
    const put = (Body: string, ChecksumCRC32?: string) =>
      s3.client.send(new PutObjectCommand({ ...at('a'), Body, ...(ChecksumCRC32 && { ChecksumCRC32 }) }));
    await put('1');
    await put('2');
    await failureOf(put('3', 'AAAAAA=='));
    expect(readdirSync(directory)).toHaveLength(1);
    await s3.client.send(new DeleteObjectCommand(at('a')));
    expect(readdirSync(directory)).toHaveLength(0);
    await s3.stop();
    expect(existsSync(directory)).toBe(false);
  });

  it('and tells nobody where that is, whatever becomes of it', async () => {
    const { s3, directory } = await startApart();
    await s3.client.send(new PutObjectCommand({ ...at('a'), Body: '1' }));
    await rm(directory, { recursive: true });
    const calls = [
      () => s3.client.send(new GetObjectCommand(at('a'))),
      () => s3.client.send(new PutObjectCommand({ ...at('b'), Body: '1' })),
    ];
    for (const call of calls) {
      await expect(call()).rejects.toMatchObject({
        name: 'InternalError',
        message: 'ENOENT',
        $metadata: { httpStatusCode: 500 },
      });
    }
    await s3.stop();
  });

  it('where other services of the process read and write it', async () => {
    const s3 = await startS3();
    await s3.service.objects.put(BUCKET, 'output/metrics.csv', 'step,loss\n');
    const body = s3.service.objects.get(BUCKET, 'output/metrics.csv');
    expect(Buffer.concat((await body?.toArray()) as Buffer[]).toString()).toBe('step,loss\n');
    expect(s3.service.objects.get(BUCKET, 'none')).toBeUndefined();
    const { Body } = await s3.client.send(new GetObjectCommand(at('output/metrics.csv')));
    expect(await Body?.transformToString()).toBe('step,loss\n');
    await s3.stop();
  });
});
