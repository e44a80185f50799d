import { z } from 'zod';
import { notEmulated, text } from '../../platform/http/constraints';
import { clientRequestToken, type Listed, resourceName } from './resources';
import { tagsSchema } from './tags';
import type { TunableModel } from './tunable-models';

/** Source of lengths and patterns: Bedrock API reference, `CreateModelCustomizationJob`. */
const s3Uri = text(
  1,
  1024,
  /^s3:\/\/[a-z0-9][-.a-z0-9]{1,61}[a-z0-9](?:\/[-!_*'().a-z0-9A-Z]+(?:\/[-!_*'().a-z0-9A-Z]+)*)?\/?$/,
);

export const jobRequestSchema = z.object({
  jobName: text(1, 63, /^[a-zA-Z0-9](-*[a-zA-Z0-9+\-.])*$/),
  customModelName: resourceName,
  roleArn: text(0, 2048, /^arn:aws(-[^:]+)?:iam::([0-9]{12})?:role\/.+$/),
  clientRequestToken,
  baseModelIdentifier: text(1, 2048),
  customizationType: z.enum(['FINE_TUNING'], 'only FINE_TUNING is emulated').default('FINE_TUNING'),
  customModelKmsKeyId: text(1, 2048).optional(),
  jobTags: tagsSchema.default([]),
  customModelTags: tagsSchema.default([]),
  trainingDataConfig: z.object({ s3Uri, invocationLogsConfig: notEmulated }),
  validationDataConfig: z
    .object({
      validators: z.array(z.object({ s3Uri })).max(1, 'only one validator is emulated'),
    })
    .default({ validators: [] }),
  outputDataConfig: z.object({ s3Uri }),
  hyperParameters: z.record(z.string(), z.string('Member must be a string')).default({}),
  vpcConfig: notEmulated,
  customizationConfig: notEmulated,
});

export type JobRequest = z.output<typeof jobRequestSchema>;

/** An object, or a prefix, in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/** @param uri `s3://bucket/key`, as the schema lets it through */
export function parseS3Uri(uri: string): S3Location {
  const [bucket = '', ...key] = uri.slice('s3://'.length).split('/');
  return { bucket, key: key.join('/') };
}

/** Where a job writes: below its output prefix. */
export function outputLocation({ outputDataConfig }: JobRequest, path: string): S3Location {
  const { bucket, key } = parseS3Uri(outputDataConfig.s3Uri);
  return { bucket, key: [...key.split('/').filter((part) => part !== ''), path].join('/') };
}

/** Bedrock API reference, `GetModelCustomizationJob`. */
export type JobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
export type JobEvent = 'completed' | 'failed' | 'stopRequested' | 'stopped';

/** What becomes of a job; an event that is not in its status's row does not concern it any more. */
export const TRANSITIONS: Readonly<Record<JobStatus, Readonly<Partial<Record<JobEvent, JobStatus>>>>> = {
  InProgress: { completed: 'Completed', failed: 'Failed', stopRequested: 'Stopping' },
  Stopping: { stopped: 'Stopped' },
  Completed: {},
  Failed: {},
  Stopped: {},
};

/** A job goes through them in this order. */
const PHASES = ['validation', 'dataProcessing', 'training'] as const;
export type Phase = (typeof PHASES)[number];
type PhaseStatus = 'NotStarted' | JobStatus;

export const isOver = (status: JobStatus): boolean => Object.keys(TRANSITIONS[status]).length === 0;

export interface PhaseProgress {
  readonly status: PhaseStatus;
  /** milliseconds since the epoch, as all times of a job */
  readonly startedAt?: number;
  readonly changedAt?: number;
}

/** Losses at the end of the training. */
export interface JobMetrics {
  readonly trainingLoss: number;
  /** one for each validator */
  readonly validationLosses: readonly number[];
}

/** A customization job; it changes by being replaced. */
export interface Job extends Listed {
  readonly request: JobRequest;
  readonly baseModel: TunableModel;
  /** those given, and the defaults of the others */
  readonly hyperParameters: Readonly<Record<string, string>>;
  readonly kmsKeyArn?: string;
  readonly status: JobStatus;
  readonly phases: Readonly<Record<Phase, PhaseProgress>>;
  readonly changedAt: number;
  readonly endedAt?: number;
  readonly failureMessage?: string;
  readonly metrics?: JobMetrics;
  readonly customModelArn?: string;
}

/** A job as it is when it has just been created. */
export function newJob(
  made: Pick<Job, 'arn' | 'createdAt' | 'request' | 'baseModel' | 'hyperParameters'> & { kmsKeyArn?: string },
): Job {
  return {
    ...made,
    name: made.request.jobName,
    status: 'InProgress',
    phases: {
      validation: started(made.createdAt),
      dataProcessing: { status: 'NotStarted' },
      training: { status: 'NotStarted' },
    },
    changedAt: made.createdAt,
  };
}

const started = (now: number): PhaseProgress => ({ status: 'InProgress', startedAt: now, changedAt: now });

/** Ends the phase before and begins this one; a job that is not in progress stays as it is. */
export function beginPhase(job: Job, phase: Phase, now: number): Job {
  if (job.status !== 'InProgress') return job;
  const before = PHASES[PHASES.indexOf(phase) - 1];
  return {
    ...job,
    changedAt: now,
    phases: {
      ...job.phases,
      ...(before && { [before]: { ...job.phases[before], status: 'Completed', changedAt: now } }),
      [phase]: started(now),
    },
  };
}

/**
 * The job after an event, which also ends the phase that it is in.
 * @returns undefined when the event does not concern a job in this status
 */
export function afterEvent(
  job: Job,
  event: JobEvent,
  now: number,
  result: Pick<Job, 'failureMessage' | 'metrics' | 'customModelArn'> = {},
): Job | undefined {
  const status = TRANSITIONS[job.status][event];
  if (status === undefined) return undefined;
  const phase = PHASES.find((candidate) => ['InProgress', 'Stopping'].includes(job.phases[candidate].status));
  return {
    ...job,
    ...result,
    status,
    changedAt: now,
    ...(isOver(status) && { endedAt: now }),
    phases: phase ? { ...job.phases, [phase]: { ...job.phases[phase], status, changedAt: now } } : job.phases,
  };
}
