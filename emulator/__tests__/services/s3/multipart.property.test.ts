import { request } from 'node:http';
import { GetObjectCommand, S3ServiceException, type CompletedPart } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import type { FaultEffect } from '../../../platform/faults/effects';
import { BUCKET, clientOf, MB, startS3, type RunningS3 } from './fixture';
import { Upload } from './multipart-client';

const pattern = (part: number): Buffer =>
  Buffer.alloc(part === 3 ? 777 : 5 * MB, `part ${part} of the object;`);
const NUMBERS = [1, 2, 3];
const WHOLE = Buffer.concat(NUMBERS.map(pattern));

async function contentOf({ client }: RunningS3, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe('parts in any order and any number of attempts', () => {
  let s3: RunningS3;
  let fault: FaultEffect | undefined;
  beforeAll(async () => {
    s3 = await startS3({ intercept: () => fault });
  });
  afterAll(() => s3.stop());

  it('make up the bytes that were sent', async () => {
    const attempts = fc.shuffledSubarray([...NUMBERS, ...NUMBERS], { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(attempts, fc.boolean(), async (order, together) => {
        const upload = await Upload.create(s3.client, 'shuffled');
        const sent = new Map<number, CompletedPart>();
        const send = async (number: number) => sent.set(number, await upload.part(number, pattern(number)));
        const missing = NUMBERS.filter((number) => !order.includes(number));
        const all = [...order, ...missing];
        if (together) await Promise.all(all.map(send));
        else for (const number of all) await send(number);
        await upload.complete(NUMBERS.map((number) => sent.get(number) ?? {}));
        expect((await contentOf(s3, 'shuffled')).equals(WHOLE)).toBe(true);
      }),
      { numRuns: 4 },
    );
  });

  it('make up the bytes that were sent when the service drops every other connection', async () => {
    const upload = await Upload.create(s3.client, 'dropped');
    let attempts = 0;
    const outcomes: string[] = [];
    for (let missing = NUMBERS; missing.length > 0;) {
      for (const number of missing) {
        attempts += 1;
        fault = attempts % 2 === 1 ? { kind: 'reset' } : undefined;
        outcomes.push(
          await upload.part(number, pattern(number)).then(
            () => 'uploaded',
            (error: unknown) => (error instanceof S3ServiceException ? 'refused' : 'dropped'),
          ),
        );
      }
      fault = undefined;
      const { Parts = [] } = await upload.list();
      missing = NUMBERS.filter((number) => !Parts.some(({ PartNumber }) => PartNumber === number));
    }
    expect(new Set(outcomes)).toEqual(new Set(['dropped', 'uploaded']));
    const { Parts = [] } = await upload.list();
    await upload.complete(
      Parts.map(({ PartNumber, ETag, ChecksumCRC32 }) => ({ PartNumber, ETag, ChecksumCRC32 })),
    );
    expect((await contentOf(s3, 'dropped')).equals(WHOLE)).toBe(true);
  });

  it('leave nothing of a part whose sender hangs up in the middle', async () => {
    const upload = await Upload.create(s3.client, 'torn', {});
    const half = request(`${s3.url}/${BUCKET}/torn?partNumber=1&uploadId=${upload.id}`, {
      method: 'PUT',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
        'content-length': 1000,
      },
    });
    const ended = new Promise((resolve) => half.once('error', resolve));
    half.write('half', () => half.destroy(new Error('hung up')));
    await ended;
    expect((await upload.list()).Parts).toBeUndefined();
    expect(await upload.part(1, 'whole')).toMatchObject({ PartNumber: 1 });
  });

  it('are taken up again by another client', async () => {
    const upload = await Upload.create(s3.client, 'resumed');
    await upload.part(1, pattern(1));
    const other = clientOf(s3.url);
    const resumed = Upload.resume(other, 'resumed', upload.id);
    await resumed.part(2, 'end');
    const { Parts = [] } = await resumed.list();
    await resumed.complete(
      Parts.map(({ PartNumber, ETag, ChecksumCRC32 }) => ({ PartNumber, ETag, ChecksumCRC32 })),
    );
    expect((await contentOf(s3, 'resumed')).length).toBe(5 * MB + 3);
    other.destroy();
  });
});
