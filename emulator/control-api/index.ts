/** What a client of a running emulator needs: its ports, the shapes of its answers, and calls of its control port. */
export { callControl } from './client';
export { DEFAULT_PORT_BASE, portBase, PORTS } from './ports';
export { FAULT_MODES, isInMlops } from '../platform/faults/modes';
export type { MlopsService, MlopsStatus, RegionService, RegionStatus, Status } from './status';
export type { Change } from '../services/route53/route53';
export type { ServiceClient } from '../run/region/role-sessions';
export type { LogLine } from '../run/region/recent-logs';
export type { MetricTotal } from '../services/cloudwatch/metrics';
