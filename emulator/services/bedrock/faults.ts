import { error, type FaultEffect } from '../../platform/faults/effects';

/** Bedrock's control plane (`CommonErrors` of the Bedrock API reference), and the jobs that it runs. */
export const CUSTOMIZATION_MODES = {
  error: error(500, 'InternalServerException', 'An internal server error occurred. Retry your request.'),
  throttle: error(
    429,
    'ThrottlingException',
    'The number of requests exceeds the limit. Resubmit your request later.',
  ),
  slow: { kind: 'delay', ms: 2_000 },
  'job-failed': {
    kind: 'job',
    failureMessage: 'The customization job failed because of an internal error. Start the job again.',
  },
} as const satisfies Record<string, FaultEffect>;
