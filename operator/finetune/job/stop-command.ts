import { StopModelCustomizationJobCommand } from '@aws-sdk/client-bedrock';
import { Command } from 'commander';
import { CommandError } from '../../command/errors';
import { tell } from '../../command/output';
import { targetOption } from '../../command/target';
import { withTarget, type TargetOptions } from '../target/open-target';
import type { Target } from '../target/target';
import { findJob } from './find-job';

const HELP = `
A stopped job makes no model, and what it has trained so far is paid for.

Example:
  npm run assistant -- finetune stop support-2`;

export const stopCommand = (): Command =>
  new Command('stop')
    .addOption(targetOption())
    .description('stops a job')
    .argument('<job>', 'name or ARN')
    .addHelpText('after', HELP)
    .action((job: string, options: TargetOptions) => withTarget(options, (target) => stopJob(target, job)));

/** @throws CommandError where there is no such job, or it is over */
export async function stopJob(
  target: Pick<Target, 'kind' | 'bedrock' | 'region'>,
  identifier: string,
): Promise<void> {
  const { jobArn, jobName = '', status } = await findJob(target, identifier);
  if (status === 'Completed' || status === 'Failed') {
    throw new CommandError(`${jobName} cannot be stopped: it is ${status}.`);
  }
  if (status === 'InProgress') {
    await target.bedrock.send(new StopModelCustomizationJobCommand({ jobIdentifier: jobArn }));
  }
  tell(`${jobName} is ${status === 'Stopped' ? 'stopped' : 'being stopped'}.`);
}
