import {
  GetModelCustomizationJobCommand,
  ListModelCustomizationJobsCommand,
  type GetModelCustomizationJobResponse,
  StopModelCustomizationJobCommand,
} from '@aws-sdk/client-bedrock';
import { Command } from 'commander';
import { CommandError, isNamed, isNotFound } from '../../command/errors';
import { tell } from '../../command/output';
import { targetOption } from '../../command/target';
import { commandLine, forgotten, withTarget, type TargetOptions } from '../target/open-target';
import type { Target } from '../target/target';

/** Where jobs are looked for. */
type Where = Pick<Target, 'kind' | 'bedrock' | 'region'>;

/**
 * @param job its name or ARN; undefined: the newest
 * @throws CommandError where there is none
 */
export async function findJob(
  target: Where,
  job: string | undefined,
): Promise<GetModelCustomizationJobResponse> {
  const jobIdentifier = job ?? (await newestJob(target));
  try {
    return await target.bedrock.send(new GetModelCustomizationJobCommand({ jobIdentifier }));
  } catch (error) {
    if (!isNotFound(error) && !isNamed(error, 'ValidationException')) throw error;
    throw new CommandError(
      `There is no job ${jobIdentifier} in ${target.region}${forgotten(target)}. See those there are: ${commandLine(target, 'list')}`,
      1,
      { cause: error },
    );
  }
}

async function newestJob(target: Where): Promise<string> {
  const { bedrock, region } = target;
  const { modelCustomizationJobSummaries: [newest] = [] } = await bedrock.send(
    new ListModelCustomizationJobsCommand({ sortBy: 'CreationTime', sortOrder: 'Descending', maxResults: 1 }),
  );
  if (newest?.jobArn !== undefined) return newest.jobArn;
  throw new CommandError(
    `There is no job in ${region} yet${forgotten(target)}. Start one: ${commandLine(target, 'start --data FILE')}`,
  );
}

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
