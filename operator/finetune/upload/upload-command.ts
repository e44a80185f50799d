import { Command, InvalidArgumentError, Option } from 'commander';
import { untilInterrupted } from '../../command/interruption';
import { positiveWhole } from '../../command/options';
import { note, tell } from '../../command/output';
import { targetOption } from '../../command/target';
import { counted } from '../../command/words';
import type { TargetOptions } from '../target/open-target';
import { checkOptions, withDatasetOptions, type DatasetOptions } from '../dataset/dataset-options';
import type { Target } from '../target/target';
import {
  DEFAULT_CONCURRENCY,
  uploadPrepared,
  type UploadedDataset,
  prepareAll,
  type FileToUpload,
  type Prepared,
} from './ensure-uploaded';
import { DEFAULT_PART_BYTES, MIN_PART_BYTES } from './parts';

interface Options extends DatasetOptions, TargetOptions {
  readonly validation?: string;
  readonly key?: string;
  readonly validationKey?: string;
  /** Bytes. */
  readonly partSize: number;
  readonly concurrency: number;
}

const MEBIBYTE = 2 ** 20;

/** S3 takes 5 GiB; each part under way is in memory. */
const MAX_PART_BYTES = 1_024 * MEBIBYTE;

const HELP = `
The file is checked first, as \`check\` does; what has problems is not uploaded.

Interrupt it anywhere and run it again with the same file and --part-size: parts
that have arrived are found by their checksums and not sent again. A file that
has changed meanwhile starts anew. What is there already, unchanged, is not sent
at all.

Examples:
  npm run assistant -- finetune upload \\
    operator/finetune/sample/customer-service.jsonl
  npm run assistant -- finetune upload train.jsonl \\
    --validation validation.jsonl --target aws
  npm run assistant -- finetune upload big.jsonl --key train/2026/big.jsonl \\
    --part-size 64 --concurrency 8`;

/** `upload FILE`: brings a dataset to the training bucket. */
export function uploadCommand(openTarget: (options: TargetOptions) => Promise<Target>): Command {
  const command = new Command('upload')
    .description('checks a dataset and uploads it to the training bucket; resumes where it was interrupted')
    .argument('<file>', 'JSON Lines for training')
    .option('--validation <file>', 'JSON Lines for validation, uploaded too')
    .option('--key <key>', 'of the object (default: train/ and the file’s name)')
    .option('--validation-key <key>', 'of the validation set (default: validation/ and the file’s name)')
    .addOption(
      new Option('--part-size <MB>', 'of the upload, in MiB, 5 or more')
        .argParser(partSize)
        .default(DEFAULT_PART_BYTES, String(DEFAULT_PART_BYTES / MEBIBYTE)),
    )
    .option('--concurrency <n>', 'parts sent at once', positiveWhole, DEFAULT_CONCURRENCY);
  return withDatasetOptions(command)
    .addOption(targetOption())
    .addHelpText('after', HELP)
    .action((file: string, options: Options) => upload(file, options, openTarget));
}

async function upload(
  file: string,
  options: Options,
  openTarget: (options: TargetOptions) => Promise<Target>,
): Promise<void> {
  const { partSize: partBytes, concurrency } = options;
  const transfer = { check: checkOptions(options), partBytes, concurrency };
  const prepared = await prepareAll(filesOf(file, options), transfer);
  const target = await openTarget(options);
  try {
    await untilInterrupted('Run the same command again: what has arrived is kept.', async (signal) => {
      for (const one of prepared) {
        const { file: local, report } = one;
        tell(describe(one, await uploadPrepared(one, one.key, target, { ...transfer, signal })));
        if (report.warnings.total > 0)
          note(
            `${local.path} has ${counted(report.warnings.total, 'warning')}: npm run assistant -- finetune check ${local.path}`,
          );
      }
    });
  } finally {
    target.close();
  }
}

function filesOf(file: string, { key, validation, validationKey }: Options): readonly FileToUpload[] {
  const training = { path: file, use: 'training', key } as const;
  if (validation === undefined) return [training];
  return [training, { path: validation, use: 'validation', key: validationKey }];
}

function describe({ file }: Prepared, { uri, versionId, records, keptParts }: UploadedDataset): string {
  const what = `${uri} (version ${versionId}, ${counted(records, 'record')})`;
  if (keptParts === undefined) return `Already there, unchanged: ${what}`;
  const resumed = keptParts > 0 ? `; ${keptParts} of ${file.parts.length} parts were there already` : '';
  return `Uploaded and verified: ${what}${resumed}`;
}

function partSize(value: string): number {
  const bytes = Number(value) * MEBIBYTE;
  if (Number.isInteger(bytes) && bytes >= MIN_PART_BYTES && bytes <= MAX_PART_BYTES) return bytes;
  throw new InvalidArgumentError(
    `It must be from ${MIN_PART_BYTES / MEBIBYTE} to ${MAX_PART_BYTES / MEBIBYTE}.`,
  );
}
