import { error, type FaultEffect } from '../../platform/faults/effects';

export const API_MODES = {
  error: error(500, 'InternalServerErrorException', 'Internal server error'),
  down: { kind: 'reset' },
} as const satisfies Record<string, FaultEffect>;
