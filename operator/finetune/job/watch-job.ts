import { writeFileSync } from 'node:fs';
import {
  type GetModelCustomizationJobResponse,
  GetModelCustomizationJobCommand,
} from '@aws-sdk/client-bedrock';
import { Command } from 'commander';
import { targetOption } from '../../command/target';
import { CommandError } from '../../command/errors';
import { EXIT } from '../../command/exit-codes';
import { untilInterrupted } from '../../command/interruption';
import { fileToWrite } from '../../command/options';
import { note, tell, tellJson } from '../../command/output';
import { commandLine, withTarget, type TargetOptions } from '../target/open-target';
import type { Target } from '../target/target';
import { poll } from '../../command/poll';
import { findJob } from './find-job';
import { lossChart, readMetrics, type JobMetrics } from './metrics';

/** What the end of a job means, and what comes next. */
export function describeEnd(
  job: Pick<GetModelCustomizationJobResponse, 'jobName' | 'status' | 'failureMessage'>,
  target: Pick<Target, 'kind'>,
): { readonly exitCode: number; readonly message: string } {
  const { jobName = '', status, failureMessage = 'Bedrock gives no reason' } = job;
  switch (status) {
    case 'Completed':
      return {
        exitCode: EXIT.done,
        message: `${jobName} is completed. Serve it: ${commandLine(target, `deploy ${jobName}`)}`,
      };
    case 'Stopped':
      return {
        exitCode: EXIT.stopped,
        message: `${jobName} was stopped, and made no model. Start another: ${commandLine(target, 'start --data … --name …')}`,
      };
    default:
      return {
        exitCode: EXIT.failed,
        message: `${jobName} is ${status ?? 'in no known state'}: ${failureMessage}\n${adviceOn(failureMessage)}`,
      };
  }
}

/** By the words that Bedrock's failure messages have. */
function adviceOn(failure: string): string {
  if (/access|permission|denied|role/i.test(failure)) {
    return 'Deploy the stack as it is (npx cdktf deploy mlops), and start the job under another --name.';
  }
  if (/data|record|line|token|format|sample/i.test(failure)) {
    return 'See what is wrong with the data (npm run assistant -- finetune check FILE), upload it anew, and start another job.';
  }
  return 'Start the job again under another --name; if it fails again, ask AWS Support with the job’s ARN.';
}

interface WatchOptions {
  readonly json?: boolean;
  /** Where the training metrics are saved as Bedrock wrote them. */
  readonly csv?: string | undefined;
}

/** A job takes from minutes to days. */
const INTERVAL_MS = 30_000;

type Job = GetModelCustomizationJobResponse;

const isOver = ({ status }: Job): boolean =>
  status === 'Completed' || status === 'Failed' || status === 'Stopped';

/**
 * Follows a job to its end. Nothing is kept between two runs: it can be interrupted and run again at any time.
 * @param identifier of the job; undefined: the newest
 * @throws CommandError unless the job is completed
 */
export async function watchJob(
  target: Target,
  identifier: string | undefined,
  options: WatchOptions,
): Promise<void> {
  const { jobArn: jobIdentifier, jobName = '' } = await findJob(target, identifier);
  const job = await untilInterrupted(
    `The job goes on. Watch it again: ${commandLine(target, `watch ${jobName}`)}`,
    (signal) =>
      poll<Job>({
        target,
        intervalMs: INTERVAL_MS,
        signal,
        read: () => target.bedrock.send(new GetModelCustomizationJobCommand({ jobIdentifier })),
        isOver,
        onState: progress(),
        onTrouble: (trouble) => {
          note(`${trouble} Trying again.`);
        },
      }),
  );
  const metrics = await readMetrics(target, job);
  if (options.csv !== undefined && metrics) writeFileSync(options.csv, metrics.csv);
  if (options.json) tellJson({ ...summary(job), metrics: metrics ?? null });
  else showMetrics(job, metrics);
  const end = describeEnd(job, target);
  if (end.exitCode !== EXIT.done) throw new CommandError(end.message, end.exitCode);
  note(end.message);
}

/** A line whenever something is different from before. */
function progress(): (job: Job) => void {
  let before = '';
  return ({ jobName = '', status = '', statusDetails }) => {
    const { dataProcessingDetails, trainingDetails, validationDetails } = statusDetails ?? {};
    const phases = [
      ['data', dataProcessingDetails?.status],
      ['training', trainingDetails?.status],
      ['validation', validationDetails?.status],
    ].flatMap(([phase, state]) => (state === undefined ? [] : [`${phase ?? ''} ${state}`]));
    const line = `${jobName}: ${status}${phases.length > 0 ? ` (${phases.join(', ')})` : ''}`;
    if (line !== before) note(line);
    before = line;
  };
}

function showMetrics(job: Job, metrics: JobMetrics | undefined): void {
  if (!metrics) {
    if (job.status === 'Completed') note('The job has written no metrics.');
    return;
  }
  tell(...lossChart('Training loss', metrics.training));
  if (metrics.validation.length > 0) tell('', ...lossChart('Validation loss', metrics.validation));
}

const SUMMARY = [
  'jobArn',
  'jobName',
  'status',
  'failureMessage',
  'outputModelArn',
  'creationTime',
  'endTime',
] as const satisfies (keyof Job)[];

const summary = (job: Job) => Object.fromEntries(SUMMARY.map((field) => [field, job[field]]));

const HELP = `
Exit codes: ${EXIT.done} completed; ${EXIT.failed} failed; ${EXIT.stopped} stopped; ${EXIT.interrupted} interrupted by Ctrl-C:
the job goes on.

Examples:
  npm run assistant -- finetune watch  # the newest job
  npm run assistant -- finetune watch support-2 --csv loss.csv
  npm run assistant -- finetune watch support-2 --json --target aws`;

export const watchCommand = (): Command =>
  new Command('watch')
    .addOption(targetOption())
    .description('follows a job to its end, and shows how its loss went')
    .argument('[job]', 'name or ARN; default: the newest')
    .option('--json', 'prints how it ended, and its metrics, as JSON', false)
    .option('--csv <file>', 'saves the training metrics', fileToWrite)
    .addHelpText('after', HELP)
    .action((job: string | undefined, options: TargetOptions & WatchOptions) =>
      withTarget(options, (target) => watchJob(target, job, options)),
    );
