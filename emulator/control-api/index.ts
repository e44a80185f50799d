/** What a client of a running emulator needs: its ports, the shapes of its answers, and calls of its control port. */
export { callControl } from './client';
export { requireFreePorts } from './ports';
export { foreignPageRefusal } from '../platform/http/server';
export { portBase, PORTS } from './ports';
export { FAULT_MODES, isInMlops } from '../platform/faults/modes';
export type { Page } from './control-server';
export type { RegionStatus, Status } from './status';
export type { Change } from '../services/route53/route53';
export type { LogLine } from '../run/region/local-region';
export type { Fault } from '../platform/faults/faults';
export type { Dashboard } from '../services/cloudwatch/dashboards';
export type { MetricTotal } from '../services/cloudwatch/metrics';
