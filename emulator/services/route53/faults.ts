import type { FaultEffect } from '../../platform/faults/effects';

/** One of Route 53's health checkers sees no endpoint any more. */
export const CHECKER_MODES = { lost: { kind: 'reset' } } as const satisfies Record<string, FaultEffect>;
