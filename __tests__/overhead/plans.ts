import type { HealthyPlan } from './healthy/run';
import type { ConsolePlan } from './console/run';
import type { ModelsPlan } from './models/run';
import type { SoakPlan } from './soak/run';
import type { StreamsPlan } from './streams/run';
import { outagePhases, type OutagePlan } from './outage/run';

/** How much of everything a run does. */
export interface Plan {
  readonly healthy: HealthyPlan;
  readonly outage: OutagePlan;
  /** New processes for each bundle, and for each counterpart. */
  readonly coldStartRuns: number;
  readonly streams: StreamsPlan;
  readonly soak: SoakPlan;
  readonly models: ModelsPlan;
  readonly console: ConsolePlan;
}

/** Some four and a half minutes; beside them, the soak takes an hour, streams sixteen, models four and a half, the console four. */
export const fullPlan = (seed: number): Plan => ({
  healthy: {
    concurrencies: [1, 10, 50],
    upstreamMs: [0, 100],
    rounds: 5,
    sliceMs: 1_000,
    warmUpMs: { call: 2_500, path: 20_000 },
    seed,
  },
  outage: { phases: outagePhases(6_000, 12_000), warmUpMs: 2_500 },
  coldStartRuns: 15,
  streams: { open: 1_000, minutes: 10 },
  soak: { perSecond: 20, minutes: 60 },
  models: { sliceMs: 40_000, warmUpMs: 5_000 },
  console: { rounds: 12, sliceMs: 3_000, loads: 10, openMs: 60_000 },
});

/** For a look at whether all is well; its figures are coarse. */
export const quickPlan = (seed: number): Plan => ({
  healthy: {
    concurrencies: [1, 10, 50],
    upstreamMs: [0, 100],
    rounds: 1,
    sliceMs: 300,
    warmUpMs: { call: 500, path: 2_500 },
    seed,
  },
  outage: { phases: outagePhases(1_500, 3_500), warmUpMs: 1_000 },
  coldStartRuns: 3,
  streams: { open: 100, minutes: 1 },
  soak: { perSecond: 20, minutes: 2 },
  models: { sliceMs: 20_000, warmUpMs: 2_500 },
  console: { rounds: 4, sliceMs: 1_500, loads: 5, openMs: 10_000 },
});
