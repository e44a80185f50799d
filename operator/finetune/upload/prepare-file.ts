import { CommandError } from '../../command/errors';
import { byteProgress } from '../../command/progress';
import { checkDataset } from '../dataset/check-dataset';
import { openDataset } from '../dataset/check-file';
import type { CheckOptions } from '../dataset/check-options';
import type { DatasetReport } from '../dataset/dataset-report';
import { DatasetRefused } from './dataset-refused';
import type { LocalFile } from './local-file';
import { PartHasher } from './part-hasher';
import { partBytesFor } from './part-plan';

export interface PreparedFile {
  readonly file: LocalFile;
  readonly report: DatasetReport;
}

/**
 * Checks a file and takes its parts' digests in the same pass: what is uploaded by these digests is what was
 * checked.
 * @param partBytes asked for; see `partBytesFor`
 * @throws DatasetRefused where the dataset has problems, CommandError where the file cannot be read
 */
export async function prepareFile(
  path: string,
  partBytes: number,
  options: Omit<CheckOptions, 'split' | 'onProgress'>,
): Promise<PreparedFile> {
  const { size, read } = await openDataset(path);
  const hasher = new PartHasher(partBytesFor(size, partBytes));
  const progress = byteProgress('Checking', size);
  const report = await checkDataset(throughHasher(read(), hasher), {
    ...options,
    onProgress: progress.update,
  }).finally(progress.stop);
  if (report.problems.total > 0) throw new DatasetRefused(path, report);
  if (report.bytes !== size)
    throw new CommandError(`${path} changed while it was read. Run the command again.`);
  const parts = hasher.end();
  return { file: { path, size, parts, checksum: hasher.compositeChecksum }, report };
}

async function* throughHasher(chunks: AsyncIterable<Buffer>, hasher: PartHasher): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hasher.update(chunk);
    yield chunk;
  }
}
