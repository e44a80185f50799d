import { error, type FaultEffect } from '../../platform/faults/effects';

/** Step Functions: executions do not start, since it fails or is asked for too many at once, or start late. */
export const WORKFLOW_MODES = {
  down: error(500, 'InternalServerError', 'An internal error occurred.'),
  throttle: error(400, 'ThrottlingException', 'Rate exceeded'),
  slow: { kind: 'delay', ms: 5_000 },
} as const satisfies Record<string, FaultEffect>;
