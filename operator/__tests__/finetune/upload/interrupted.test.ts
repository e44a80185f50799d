import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET, KEY, KEY_ARN, largeFile, startBench, type Bench } from './fixture';

const MAIN = join(__dirname, 'upload-main.ts');

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.stop());

const start = (path: string) =>
  spawn(process.execPath, ['--import', 'tsx', MAIN, path, bench.url, BUCKET, KEY_ARN, KEY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** Kills the process as soon as S3 has answered so many requests of this kind. */
async function killAfter(child: ChildProcess, operation: RegExp, count: number): Promise<void> {
  let seen = 0;
  bench.proxy.onAnswer = (answered) => {
    if (operation.test(answered.operation) && (seen += 1) === count) child.kill('SIGKILL');
  };
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  expect(signal).toBe('SIGKILL');
  bench.proxy.onAnswer = () => undefined;
}

async function finish(child: ChildProcess): Promise<{ readonly keptParts?: number }> {
  if (!child.stdout) throw new Error('The process has no standard output.');
  return JSON.parse(await text(child.stdout)) as { keptParts?: number };
}

/** The parts that S3 has taken, in the order of its answers. */
const sentParts = (from = 0): readonly string[] =>
  bench.proxy.requests
    .slice(from)
    .filter(({ operation, status }) => operation.startsWith('UploadPart') && status === 200)
    .map(({ operation }) => operation);

describe('an upload that is killed', () => {
  it('goes on where it was, as often as it is killed, and sends no part that has arrived again', async () => {
    const path = largeFile(bench, 6);
    await killAfter(start(path), /Create/, 1);
    await killAfter(start(path), /UploadPart/, 2);
    await killAfter(start(path), /UploadPart/, 1);
    const before = sentParts();
    const earlier = bench.proxy.requests.length;
    const { keptParts = 0 } = await finish(start(path));
    expect(keptParts).toBeGreaterThanOrEqual(before.length);
    const after = sentParts(earlier);
    expect(keptParts + after.length).toBe(6);
    expect(after.filter((part) => before.includes(part))).toEqual([]);
    expect([...before, ...after]).toEqual([...new Set([...before, ...after])]);
    expect(bench.proxy.answeredWell).toMatchObject({ Create: 1, Complete: 1 });
    expect(Object.keys(bench.proxy.answeredWell)).not.toContain('Abort');
    const { Body } = await bench.s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
    const there = Buffer.from((await Body?.transformToByteArray()) ?? []);
    expect(there.equals(readFileSync(path))).toBe(true);
  });

  it('after S3 has completed it, finds the work done', async () => {
    const path = largeFile(bench);
    await killAfter(start(path), /Complete/, 1);
    expect((await finish(start(path))).keptParts).toBeUndefined();
    expect(bench.proxy.answeredWell).toMatchObject({ Create: 1, Complete: 1 });
  });
});
