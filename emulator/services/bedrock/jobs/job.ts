import type { TunableModel } from '../tunable-models';
import type { Listed } from '../resources/registry';
import type { JobRequest } from './job-request';
import {
  isOver,
  PHASES,
  TRANSITIONS,
  type JobEvent,
  type JobStatus,
  type Phase,
  type PhaseStatus,
} from './status';

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
