import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../../command/errors';
import { EXIT } from '../../command/exit-codes';
import { fileToWrite, positiveWhole } from '../../command/options';
import { tell, tellJson } from '../../command/output';
import { checkFile } from './check-file';
import { checkOptions, withDatasetOptions, type DatasetOptions } from './dataset-options';
import { KINDS, type Found, type ProblemKind } from './problem';
import { reportText } from './report-text';
import type { SplitOptions } from './split/split-writer';
import { estimateTrainingCost } from './training-cost';

interface Options extends DatasetOptions {
  readonly validationShare?: number;
  readonly seed: number;
  readonly trainOut?: string;
  readonly validationOut?: string;
  readonly epochs?: number;
  readonly json: boolean;
}

const HELP = `
One record a line, in UTF-8:
  conversation
    {"schemaVersion":"bedrock-conversation-2024","system":[{"text":"…"}],
     "messages":[{"role":"user","content":[{"text":"…"}]},
                 {"role":"assistant","content":[{"text":"…"}]}]}
  prompt-completion
    {"prompt":"…","completion":"…"}

The file is read once, in memory that does not grow with it. The exit code is 0
where the file is ready for training, with warnings or without, else 1. What is
in another format is named; \`convert\` turns it into the base model's.

Examples:
  npm run assistant -- finetune check \\
    operator/finetune/sample/customer-service.jsonl
  npm run assistant -- finetune check data.jsonl \\
    --model amazon.nova-lite-v1:0:300k --epochs 3
  npm run assistant -- finetune check data.jsonl --validation-share 0.1 \\
    --seed 7 --train-out train.jsonl --validation-out validation.jsonl
  npm run assistant -- finetune check data.jsonl --json | jq .problems.byKind`;

/** `check FILE`: says whether a dataset is ready for training, what is wrong with it, and what training costs. */
export function checkCommand(): Command {
  const command = new Command('check')
    .description('checks a dataset of JSON Lines, estimates its cost, splits off a validation set')
    .argument('<file>', 'JSON Lines');
  return withDatasetOptions(command)
    .option('--validation-share <share>', 'split off this share for validation, e.g. 0.1', shareOf)
    .option('--seed <n>', 'of the split: the same seed gives the same split', wholeNumber, 1)
    .option('--train-out <file>', 'where the split’s training records go', fileToWrite)
    .option('--validation-out <file>', 'where the split’s validation records go', fileToWrite)
    .option('--epochs <n>', 'for the estimate of cost (default: the base model’s)', positiveWhole)
    .option('--json', 'write the report as JSON', false)
    .addHelpText('after', HELP)
    .action(check);
}

async function check(file: string, options: Options): Promise<void> {
  const rules = checkOptions(options);
  const report = await checkFile(file, { ...rules, split: splitOptions(file, options) });
  const epochs = options.epochs ?? rules.model?.hyperparameters.epochCount?.default ?? 1;
  const cost = estimateTrainingCost(report.textBytes, report.model, epochs);
  if (options.json)
    tellJson({
      file,
      ...report,
      advice: adviceFor({ ...report.problems.byKind, ...report.warnings.byKind }),
      cost,
    });
  else tell(...reportText(file, report, cost));
  if (report.problems.total > 0) process.exitCode = EXIT.failed;
}

/** @throws CommandError where the options do not say where the split goes */
function splitOptions(file: string, options: Options): SplitOptions | undefined {
  const { validationShare: share, seed, trainOut, validationOut } = options;
  if (share === undefined) {
    if (trainOut === undefined && validationOut === undefined) return undefined;
    throw new CommandError('--train-out and --validation-out need --validation-share, e.g. 0.1.');
  }
  if (trainOut === undefined || validationOut === undefined)
    throw new CommandError('--validation-share needs --train-out and --validation-out.');
  if (new Set([file, trainOut, validationOut].map((name) => resolve(name))).size < 3)
    throw new CommandError('The dataset, --train-out and --validation-out have to be three different files.');
  return { share, seed, trainingFile: trainOut, validationFile: validationOut };
}

const adviceFor = (counts: Found['byKind']): Readonly<Record<string, string>> =>
  Object.fromEntries((Object.keys(counts) as ProblemKind[]).map((kind) => [kind, KINDS[kind].advice]));

function shareOf(value: string): number {
  const share = Number(value);
  if (share > 0 && share < 1) return share;
  throw new InvalidArgumentError('It must be above 0 and below 1.');
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('It must be a whole number.');
}
