import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { error, type FaultEffect } from '../../../platform/faults/effects';
import { BUCKET, failureOf, startS3, type RunningS3 } from './fixture';

describe('a fault of S3', () => {
  let s3: RunningS3;
  let effects: (FaultEffect | undefined)[] = [];
  beforeAll(async () => {
    s3 = await startS3({ intercept: () => effects.shift() });
    await s3.service.objects.put(BUCKET, 'a', 'x'.repeat(100_000));
  });
  afterAll(() => s3.stop());
  const get = async (client = s3.client) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }));
    return (await Body?.transformToByteArray())?.length;
  };

  it.each([
    [error(503, 'SlowDown', 'Please reduce your request rate.'), '503 SlowDown'],
    [error(500, 'InternalError', 'We encountered an internal error. Please try again.'), '500 InternalError'],
  ])('is an error in S3’s own words: %j', async (effect, failure) => {
    effects = [effect];
    expect(await failureOf(get())).toBe(failure);
  });

  it('can be a connection that is reset', async () => {
    effects = [{ kind: 'reset' }];
    await expect(get()).rejects.toThrow(/ECONNRESET|aborted/);
  });

  it('can be mere slowness', async () => {
    effects = [{ kind: 'delay', ms: 1 }];
    expect(await get()).toBe(100_000);
  });

  it('leaves no file open for those who do not wait', async () => {
    // Of this process, on Linux and macOS.
    const open = () => readdirSync('/dev/fd').length;
    const before = open();
    effects = Array.from({ length: 20 }, () => ({ kind: 'delay', ms: 60_000 }));
    const impatient = effects.map(() => new AbortController());
    const calls = impatient.map(({ signal: abortSignal }) =>
      s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }), { abortSignal }),
    );
    for (let left = 500; left > 0 && effects.length > 0; left -= 1) await delay(1);
    await delay(100);
    for (const one of impatient) one.abort();
    await Promise.allSettled(calls);
    await delay(100);
    expect(open()).toBeLessThanOrEqual(before + 10);
  });

  it('is overcome by the SDK’s own retries', async () => {
    const client = new S3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'A', secretAccessKey: 'b' },
      maxAttempts: 3,
    });
    effects = [error(503, 'SlowDown', 'Please reduce your request rate.'), { kind: 'reset' }];
    expect(await get(client)).toBe(100_000);
    client.destroy();
  });
});
