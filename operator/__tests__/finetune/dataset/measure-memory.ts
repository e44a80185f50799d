import { Readable } from 'node:stream';
import { checkDataset } from '../../../finetune/dataset/check-dataset';
import { conversation } from './fixture';

const MEGABYTE = 1e6;

/** Lines made at once: large enough to be no burden of its own, small enough not to show in memory. */
const LINES_A_CHUNK = 256;

/** Different conversations of about 1 KB each, made on the fly, so that a file of any size needs no disk. */
function* dataset(totalBytes: number): Generator<Buffer> {
  let record = 0;
  const line = () => {
    const { messages, ...rest } = conversation((record += 1));
    const long = messages.map(({ role, content: [{ text } = { text: '' }] }) => ({
      role,
      content: [{ text: `${text} `.repeat(18) }],
    }));
    return `${JSON.stringify({ ...rest, messages: long })}\n`;
  };
  for (let bytes = 0; bytes < totalBytes;) {
    const chunk = Buffer.from(Array.from({ length: LINES_A_CHUNK }, line).join(''));
    bytes += chunk.length;
    yield chunk;
  }
}

/** Of a whole process, Node and the loader of TypeScript included; looked at after each chunk. */
async function measure(megabytes: number) {
  const startRss = process.memoryUsage.rss();
  // getrusage would also count what the parent process had before it became this one.
  let peakRss = startRss;
  const source = Readable.from(dataset(megabytes * MEGABYTE), { highWaterMark: 1 });
  const { bytes, problems } = await checkDataset(source, {
    onProgress: () => {
      peakRss = Math.max(peakRss, process.memoryUsage.rss());
    },
  });
  return {
    bytes,
    problems: problems.total,
    peakRssMB: Math.round(peakRss / MEGABYTE),
    startRssMB: Math.round(startRss / MEGABYTE),
  };
}

export type MemoryMeasurement = Awaited<ReturnType<typeof measure>>;

void measure(Number(process.argv[2] ?? 1_000)).then((measured) => {
  process.stdout.write(`${JSON.stringify(measured)}\n`);
});
