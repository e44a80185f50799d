import { error, type FaultEffect } from '../../platform/faults/effects';

/** AppConfig's data plane. */
export const APPCONFIG_MODES = {
  down: { kind: 'reset' },
  error: error(500, 'InternalServerException', 'There was an internal failure in the service.'),
  slow: { kind: 'delay', ms: 3_000 },
} as const satisfies Record<string, FaultEffect>;
