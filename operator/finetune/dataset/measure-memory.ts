import { Readable } from 'node:stream';
import { Command } from 'commander';
import { positiveWhole } from '../../command/options';
import { checkDataset } from './check-dataset';
import { openDataset } from './check-file';
import { syntheticDataset } from './synthetic-dataset';

const MEGABYTE = 1e6;

/** One line of JSON on standard output. */
export interface MemoryMeasurement {
  readonly bytes: number;
  readonly records: number;
  readonly problems: number;
  /** Of the whole process, Node and the loader of TypeScript included; looked at after each chunk. */
  readonly peakRssMB: number;
  /** The same before the check began. */
  readonly startRssMB: number;
  readonly seconds: number;
  readonly mbPerSecond: number;
}

async function measure(source: AsyncIterable<Buffer>): Promise<MemoryMeasurement> {
  const startRss = process.memoryUsage.rss();
  // getrusage would also count what the parent process had before it became this one.
  let peakRss = startRss;
  const start = performance.now();
  const { bytes, records, problems } = await checkDataset(source, {
    onProgress: () => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    },
  });
  const seconds = (performance.now() - start) / 1_000;
  return {
    bytes,
    records,
    problems: problems.total,
    peakRssMB: Math.round(peakRss / MEGABYTE),
    startRssMB: Math.round(startRss / MEGABYTE),
    seconds: Number(seconds.toFixed(1)),
    mbPerSecond: Math.round(bytes / MEGABYTE / seconds),
  };
}

new Command('node --import tsx operator/finetune/dataset/measure-memory.ts')
  .description('Measures the memory and the time that checking a dataset takes.')
  .option('--megabytes <n>', 'size of a dataset made on the fly', positiveWhole, 1_000)
  .option('--file <file>', 'check this file instead')
  .action(async ({ megabytes, file }: { megabytes: number; file?: string }) => {
    const source =
      file === undefined
        ? Readable.from(syntheticDataset(megabytes * MEGABYTE), { highWaterMark: 1 })
        : (await openDataset(file)).read();
    process.stdout.write(`${JSON.stringify(await measure(source))}\n`);
  })
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
