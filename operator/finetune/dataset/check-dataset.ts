import type { DatasetFormat, TunableModel } from '../../../contract/tunable-models';
import type { DatasetReport, SplitReport } from './dataset-report';
import { DatasetScan } from './dataset-scan';
import { containerOf, peek } from './container';
import { LineSplitter, MAX_LINE_BYTES } from './line-reader';
import { SplitWriter, type SplitOptions } from './split/split-writer';

export interface CheckOptions {
  /**
   * Left out: the model's. `detect`, or left out without a model: that of the first record, where it looks like
   * one, else the model's.
   */
  readonly format?: DatasetFormat | 'detect' | undefined;
  /** The base model whose limits apply, where the format is the model's. */
  readonly model?: TunableModel | undefined;
  /** A validation set has no fewest records. `training` where left out. */
  readonly use?: 'training' | 'validation';
  /** Problems to list; all are counted. 50 where left out. */
  readonly maxProblems?: number;
  readonly split?: SplitOptions | undefined;
  /** Bytes read so far. */
  readonly onProgress?: (bytes: number) => void;
}

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
  const { head, all } = await peek(source);
  const container = containerOf(head);
  if (container) {
    scan.refuse(container);
    return;
  }
  for await (const chunk of all) {
    scan.bytes += chunk.length;
    splitter.write(chunk);
    await writer?.drained();
    onProgress?.(scan.bytes);
  }
  splitter.end();
  await writer?.drained();
}
