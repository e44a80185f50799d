import { error, type FaultEffect } from '../../platform/faults/effects';

/** Lambda: functions are not invoked, since it fails or no concurrency is left, or late, or are never heard of again. */
export const LAMBDA_MODES = {
  down: error(500, 'ServiceException', 'The Lambda service encountered an internal error.'),
  throttle: error(429, 'TooManyRequestsException', 'Rate Exceeded.'),
  slow: { kind: 'delay', ms: 5_000 },
  timeout: { kind: 'silence' },
} as const satisfies Record<string, FaultEffect>;
