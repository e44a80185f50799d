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
export const PHASES = ['validation', 'dataProcessing', 'training'] as const;
export type Phase = (typeof PHASES)[number];
export type PhaseStatus = 'NotStarted' | JobStatus;

export const isOver = (status: JobStatus): boolean => Object.keys(TRANSITIONS[status]).length === 0;
