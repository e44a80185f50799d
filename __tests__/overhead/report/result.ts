import type { ColdStart } from '../cold-start/run';
import type { HealthyCell } from '../healthy/summary';
import type { BenchmarkCost } from '../benchmark-cost';
import type { Outage } from '../outage/summary';
import type { SoakResult } from '../soak/run';
import type { StreamsResult } from '../streams/run';
import type { ConsoleResult } from '../console/run';
import type { ModelsChange } from '../models/run';
import type { Machine } from './machine';

/** What `results/overhead-<time>.json` holds. A part that was not run is absent. */
export interface OverheadResult {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly quick: boolean;
  readonly seed: number;
  readonly machine: Machine;
  readonly healthy?: readonly HealthyCell[];
  readonly outage?: Outage;
  readonly coldStart?: readonly ColdStart[];
  readonly benchmark?: BenchmarkCost;
  readonly streams?: StreamsResult;
  readonly soak?: SoakResult;
  readonly models?: readonly ModelsChange[];
  readonly console?: ConsoleResult;
}
