import { error, type FaultEffect } from '../../platform/faults/effects';

/** Step Functions: executions do not start, or start late. */
export const WORKFLOW_MODES = {
  down: error(500, 'InternalServerError', 'An internal error occurred.'),
  slow: { kind: 'delay', ms: 5_000 },
} as const satisfies Record<string, FaultEffect>;
