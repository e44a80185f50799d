import { CommandError } from '../../command/errors';
import { byteProgress } from '../../command/progress';
import { counted } from '../../command/words';
import type { DatasetReport } from '../dataset/dataset-report';
import { describeProblem } from '../dataset/report-text';
import { checkDataset, type CheckOptions } from '../dataset/check-dataset';
import { openDataset } from '../dataset/check-file';
import { DEFAULT_PART_BYTES, type PartDigest, PartHasher, partBytesFor } from './parts';

/** A file that has been checked, and what S3 will call it once it is there. */
export interface LocalFile {
  readonly path: string;
  readonly size: number;
  readonly parts: readonly PartDigest[];
  /** S3's composite SHA-256 of these parts: the file's identity. */
  readonly checksum: string;
}

/** The dataset has problems: nothing was uploaded. */
export class DatasetRefused extends CommandError {
  constructor(
    file: string,
    readonly report: DatasetReport,
  ) {
    const { total, listed } = report.problems;
    super(
      [
        ...listed.map(describeProblem),
        `${file} has ${counted(total, 'problem')}; nothing was uploaded.`,
        `See what to do about them: npm run assistant -- finetune check ${file}`,
      ].join('\n'),
    );
  }
}

export interface PrepareOptions {
  /** How the dataset is checked; `use` says whether it is for training or validation. */
  readonly check?: Omit<CheckOptions, 'split' | 'onProgress'>;
  /** Bytes of a part, by `partBytesFor`; 8 MiB where left out. A run resumes one that had parts of the same size. */
  readonly partBytes?: number;
}

export interface PreparedFile {
  readonly file: LocalFile;
  readonly report: DatasetReport;
}

/**
 * Checks a file and takes its parts' digests in the same pass: what is uploaded by these digests is what was
 * checked.
 * @throws DatasetRefused where the dataset has problems, CommandError where the file cannot be read
 */
export async function prepareFile(
  path: string,
  { check, partBytes = DEFAULT_PART_BYTES }: PrepareOptions,
): Promise<PreparedFile> {
  const { size, read } = await openDataset(path);
  const hasher = new PartHasher(partBytesFor(size, partBytes));
  const progress = byteProgress('Checking', size);
  const report = await checkDataset(throughHasher(read(), hasher), {
    ...check,
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
