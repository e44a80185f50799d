/** What a client of a running emulator needs: its ports, the shapes of its answers, and calls of its control port. */
export { callControl } from './client';
export { DEFAULT_PORT_BASE, PORTS } from './ports';
export { FAULT_MODES, isInMlops } from '../platform/faults/modes';
export type { Status, RegionStatus } from './status';
export type { Change } from '../services/route53/route53';
export type { MlopsAccess } from '../run/mlops/mlops-access';
