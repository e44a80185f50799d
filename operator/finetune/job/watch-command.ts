import { Command } from 'commander';
import { targetOption } from '../../command/target';
import { withTarget, type TargetOptions } from '../target/open-target';
import { watchJob, type WatchOptions } from './watch-job';

const HELP = `
Exit code: 0 completed, 1 failed, 3 stopped, 130 interrupted by Ctrl-C (the job goes on).

Examples:
  npm run assistant -- finetune watch                                # the newest job
  npm run assistant -- finetune watch support-2 --csv loss.csv
  npm run assistant -- finetune watch support-2 --json --target aws  # for a script`;

export const watchCommand = (): Command =>
  new Command('watch')
    .addOption(targetOption())
    .description('follows a job to its end, and shows how its loss went')
    .argument('[job]', 'name or ARN; default: the newest')
    .option('--json', 'prints the end as JSON', false)
    .option('--csv <file>', 'saves the training metrics')
    .addHelpText('after', HELP)
    .action((job: string | undefined, options: TargetOptions & WatchOptions) =>
      withTarget(options, (target) => watchJob(target, job, options)),
    );
