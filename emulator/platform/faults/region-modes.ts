import { error, type FaultEffect } from './effects';

/** The whole region: nothing of it answers, and its schedules stand still. */
export const REGION_MODES = { down: { kind: 'reset' } } as const satisfies Record<string, FaultEffect>;

export const API_MODES = {
  error: error(500, 'InternalServerErrorException', 'Internal server error'),
  down: { kind: 'reset' },
} as const satisfies Record<string, FaultEffect>;

/** Step Functions: executions do not start, or start late. */
export const WORKFLOW_MODES = {
  down: error(500, 'InternalServerError', 'An internal error occurred.'),
  slow: { kind: 'delay', ms: 5_000 },
} as const satisfies Record<string, FaultEffect>;

/** Lambda: functions are not invoked, or late. */
export const LAMBDA_MODES = {
  down: error(500, 'ServiceException', 'The Lambda service encountered an internal error.'),
  slow: { kind: 'delay', ms: 5_000 },
} as const satisfies Record<string, FaultEffect>;

/** AppConfig's data plane. */
export const APPCONFIG_MODES = {
  down: { kind: 'reset' },
  error: error(500, 'InternalServerException', 'There was an internal failure in the service.'),
  slow: { kind: 'delay', ms: 3_000 },
} as const satisfies Record<string, FaultEffect>;

/** One of Route 53's health checkers sees no endpoint any more. */
export const CHECKER_MODES = { lost: { kind: 'reset' } } as const satisfies Record<string, FaultEffect>;
