import { Command } from 'commander';
import { tunableModel, TUNABLE_MODELS, type TunableModel } from '../../../contract/tunable-models';
import { CommandError } from '../../command/errors';
import { keyValue, positiveWhole } from '../../command/options';
import { targetOption } from '../../command/target';
import { withTarget, type TargetOptions } from '../target/open-target';
import { JOB_NAME, type JobWish } from './customization-request';
import { dataSource } from './training-data';
import { startJob } from './start-job';
import { watchJob } from './watch-job';

interface StartCommandOptions extends TargetOptions {
  readonly data: string;
  readonly validation?: string;
  readonly baseModel?: string;
  readonly name?: string;
  readonly epochs?: number;
  readonly learningRate?: string;
  readonly hyperparameter?: Readonly<Record<string, string>>;
  readonly tag?: Readonly<Record<string, string>>;
  readonly kmsKey?: string;
  readonly dryRun: boolean;
  readonly watch: boolean;
}

const EXAMPLES = `
Before anything is started it is checked that the model can be tuned in this
region, that Bedrock may take the role and the role may read and write, that the
data is there and valid, and that the name is free. The same command run again
finds the job that it started.

Examples:
  npm run assistant -- finetune start --dry-run \\
    --data operator/finetune/sample/customer-service.jsonl
  npm run assistant -- finetune start --data train/customer-service.jsonl \\
    --epochs 2 --watch
  npm run assistant -- finetune start --data train/dataset.jsonl \\
    --name support-2 --tag team=support --target aws`;

export function startCommand(): Command {
  return new Command('start')
    .addOption(targetOption())
    .description('starts a fine-tuning job, after checking all that it needs')
    .requiredOption(
      '--data <what>',
      'a file, which is uploaded, or a key of the training bucket such as train/x.jsonl',
    )
    .option('--validation <what>', 'likewise, for the loss on data that is not trained on')
    .option('--base-model <id>', 'default: mlops.baseModel of cdktf.json')
    .option(
      '--name <name>',
      'of the job and of its model; default: follows from model, data and hyperparameters',
    )
    .option('--epochs <n>', 'how often the data is gone through', positiveWhole)
    .option('--learning-rate <x>', 'how far each step goes, e.g. 0.00001')
    .option('--hyperparameter <name=value>', 'any other, repeatable', keyValue)
    .option('--tag <key=value>', 'of the job and of its model, repeatable', keyValue)
    .option('--kms-key <arn>', "encrypts the tuned model; default: the stack's key")
    .option('--dry-run', 'checks and shows what would be sent; changes nothing', false)
    .option('--watch', 'follows the job to its end', false)
    .addHelpText('after', EXAMPLES)
    .action((options: StartCommandOptions) => withTarget(options, (target) => start(target, options)));
}

async function start(target: Parameters<typeof startJob>[0], options: StartCommandOptions): Promise<void> {
  const { data, validation, dryRun, watch } = options;
  const jobArn = await startJob(target, {
    wish: readWish(options, target.config.mlops.baseModel),
    training: dataSource(data, 'training', target.bucket),
    validation: validation === undefined ? undefined : dataSource(validation, 'validation', target.bucket),
    dryRun,
  });
  if (watch && jobArn !== undefined) await watchJob(target, jobArn, {});
}

function readWish(options: StartCommandOptions, configured: string): JobWish {
  const { name, epochs, learningRate, hyperparameter = {}, tag = {}, kmsKey } = options;
  if (name !== undefined && !JOB_NAME.test(name)) {
    throw new CommandError(`--name ${name}: 1 to 63 letters and digits, with single "-" between them.`);
  }
  return {
    base: readBase(options.baseModel ?? configured),
    name,
    hyperparameters: {
      ...hyperparameter,
      ...(epochs !== undefined && { epochCount: String(epochs) }),
      ...(learningRate !== undefined && { learningRate }),
    },
    tags: tag,
    kmsKeyArn: kmsKey,
  };
}

function readBase(id: string): TunableModel {
  const base = tunableModel(id);
  if (base) return base;
  throw new CommandError(
    `Bedrock does not fine-tune ${id}. Choose --base-model ${TUNABLE_MODELS.map((model) => model.id).join(', ')}`,
  );
}
