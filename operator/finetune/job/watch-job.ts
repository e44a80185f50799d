import { writeFileSync } from 'node:fs';
import {
  GetModelCustomizationJobCommand,
  type GetModelCustomizationJobResponse,
} from '@aws-sdk/client-bedrock';
import { CommandError } from '../../command/errors';
import { untilInterrupted } from '../../command/interruption';
import { note, tell } from '../../command/output';
import { commandLine } from '../target/open-target';
import { poll } from '../poll';
import type { Target } from '../target/target';
import { findJob } from './find-job';
import { describeEnd } from './job-end';
import { lossChart } from './metrics/loss-chart';
import { readMetrics, type JobMetrics } from './metrics/read-metrics';

export interface WatchOptions {
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
  if (options.json) tell(JSON.stringify({ ...summary(job), metrics: metrics ?? null }, undefined, 2));
  else showMetrics(job, metrics);
  const end = describeEnd(job, target);
  if (end.exitCode !== 0) throw new CommandError(end.message, end.exitCode);
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
