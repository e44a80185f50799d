import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CommandError } from '../../command/errors';
import { unreadable } from '../../command/files';
import { byteProgress } from '../../command/progress';
import { checkDataset, type CheckOptions } from './check-dataset';
import type { DatasetReport } from './dataset-report';

/** Large enough to keep a pass busy with lines, small enough not to show in its memory. */
const CHUNK_BYTES = 256 * 1_024;

const ADVICE = 'Name a file of JSON Lines.';

/** @throws CommandError where there is no such file, or none that can be read */
export async function openDataset(
  file: string,
): Promise<{ readonly size: number; readonly read: () => AsyncIterable<Buffer> }> {
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error, ADVICE);
  });
  if (!found.isFile()) throw new CommandError(`${file} is not a file. ${ADVICE}`);
  return { size: found.size, read: () => readChunks(file) };
}

/** Checks a file, with a progress bar on a terminal. */
export async function checkFile(
  file: string,
  options: Omit<CheckOptions, 'onProgress'>,
): Promise<DatasetReport> {
  const { size, read } = await openDataset(file);
  const progress = byteProgress('Checking', size);
  try {
    return await checkDataset(read(), { ...options, onProgress: progress.update });
  } finally {
    progress.stop();
  }
}

async function* readChunks(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw unreadable(file, error, ADVICE);
  }
}
