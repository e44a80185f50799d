import { error, type FaultEffect } from './effects';

const slow = { kind: 'delay', ms: 2_000 } as const;

/** Amazon S3 API reference, "Error responses". */
export const S3_MODES = {
  error: error(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  throttle: error(503, 'SlowDown', 'Please reduce your request rate.'),
  slow,
} as const satisfies Record<string, FaultEffect>;

/** Bedrock's control plane (`CommonErrors` of the Bedrock API reference), and the jobs that it runs. */
export const CUSTOMIZATION_MODES = {
  error: error(500, 'InternalServerException', 'An internal server error occurred. Retry your request.'),
  throttle: error(
    429,
    'ThrottlingException',
    'The number of requests exceeds the limit. Resubmit your request later.',
  ),
  slow,
  'job-failed': {
    kind: 'job',
    failureMessage: 'The customization job failed because of an internal error. Start the job again.',
  },
} as const satisfies Record<string, FaultEffect>;
