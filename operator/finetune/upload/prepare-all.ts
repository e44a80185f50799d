import type { TunableModel } from '../../../contract/tunable-models';
import { CommandError } from '../../command/errors';
import { prepareDataset, type UploadOptions } from './ensure-uploaded';
import { defaultKey, requireKey } from './object-key';
import type { PreparedFile } from './prepare-file';

/** A file for the training bucket. */
export interface FileToUpload {
  readonly path: string;
  readonly use: 'training' | 'validation';
  /** `train/` or `validation/` and the file's name where left out. */
  readonly key: string | undefined;
}

export type Prepared = PreparedFile & { readonly key: string };

/**
 * Checks all files before any of them is uploaded.
 * @throws CommandError for the first that cannot be uploaded, or where both together are too many
 */
export async function prepareAll(
  files: readonly FileToUpload[],
  options: UploadOptions,
): Promise<readonly Prepared[]> {
  const named = files.map(({ path, use, key }) => ({ path, use, key: key ?? defaultKey(path, use) }));
  for (const { key } of named) requireKey(key);
  const prepared: Prepared[] = [];
  for (const { path, use, key } of named) {
    prepared.push({ ...(await prepareDataset(path, { ...options, check: { ...options.check, use } })), key });
  }
  if (options.check?.model) requireRoom(prepared, options.check.model);
  return prepared;
}

/** Bedrock's limit is on training and validation records together. */
function requireRoom(prepared: readonly Prepared[], model: TunableModel): void {
  const limited = prepared.filter(({ report }) => report.model === model.id);
  const records = limited.reduce((sum, { report }) => sum + report.records, 0);
  if (records <= model.records.maximum) return;
  throw new CommandError(
    `Together the files have ${records} records; ${model.id} takes ${model.records.maximum}. ` +
      'Nothing was uploaded: remove some.',
  );
}
