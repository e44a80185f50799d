import { error, type FaultEffect } from '../../platform/faults/effects';

/** Amazon S3 API reference, "Error responses". */
export const S3_MODES = {
  error: error(500, 'InternalError', 'We encountered an internal error. Please try again.'),
  throttle: error(503, 'SlowDown', 'Please reduce your request rate.'),
  slow: { kind: 'delay', ms: 2_000 },
} as const satisfies Record<string, FaultEffect>;
