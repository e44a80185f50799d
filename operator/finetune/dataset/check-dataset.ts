import type { CheckOptions } from './check-options';
import type { DatasetReport, SplitReport } from './dataset-report';
import { DatasetScan } from './dataset-scan';
import { LineSplitter } from './line-splitter';
import { MAX_LINE_BYTES } from './record-limits';
import { SplitWriter } from './split/split-writer';

/**
 * Checks JSON Lines in one pass, in memory that does not grow with the file.
 * @param source e.g. a file's stream; its chunks are not kept
 * @throws Error where the source cannot be read or the split cannot be written
 */
export async function checkDataset(
  source: AsyncIterable<Buffer>,
  options: CheckOptions = {},
): Promise<DatasetReport> {
  const writer = options.split && new SplitWriter(options.split);
  const scan = new DatasetScan(options, writer);
  let split: SplitReport | undefined;
  try {
    await readThrough(source, scan, writer, options);
    scan.finish();
    if (scan.clean) split = await writer?.commit();
  } finally {
    split ??= await writer?.discard();
  }
  return { ...scan.report(), split };
}

async function readThrough(
  source: AsyncIterable<Buffer>,
  scan: DatasetScan,
  writer: SplitWriter | undefined,
  { onProgress }: CheckOptions,
): Promise<void> {
  const splitter = new LineSplitter(MAX_LINE_BYTES, (line) => {
    scan.line(line);
  });
  for await (const chunk of source) {
    scan.bytes += chunk.length;
    splitter.write(chunk);
    await writer?.drained();
    onProgress?.(scan.bytes);
  }
  splitter.end();
  await writer?.drained();
}
