import { Option, type Command } from 'commander';
import { TUNABLE_MODELS, tunableModel, type DatasetFormat } from '../../../contract/tunable-models';
import { CommandError } from '../../command/errors';
import { projectConfig } from '../../command/project';
import { positiveWhole } from '../../command/options';
import type { CheckOptions } from './check-dataset';

/** What `check` and `upload` have in common. */
export interface DatasetOptions {
  readonly model?: string;
  readonly format?: DatasetFormat;
  readonly maxProblems: number;
}

export const withDatasetOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--model <id>', 'base model whose format and limits apply (default: as configured)').choices(
        TUNABLE_MODELS.map(({ id }) => id),
      ),
    )
    .addOption(
      new Option('--format <format>', 'format of the records (default: the first record tells)')
        .choices(['conversation', 'prompt-completion'])
        .conflicts('model'),
    )
    .option('--max-problems <n>', 'problems to list; all are counted', positiveWhole, 50);

export function checkOptions({ model, format, maxProblems }: DatasetOptions): CheckOptions {
  const id = model ?? projectConfig().mlops.baseModel;
  const base = tunableModel(id);
  if (!base) throw new CommandError(`Bedrock does not fine-tune ${id}.`);
  return {
    model: base,
    // A model that is named decides; the configured one gives way to what the file holds.
    format: model === undefined ? (format ?? 'detect') : base.format,
    maxProblems,
  };
}
