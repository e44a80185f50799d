import type { ColdStart } from '../cold-start/run';
import type { HealthyCell } from '../healthy/summary';
import type { DeadPhase } from '../outage/dead-phase';
import type { BenchmarkCost } from '../benchmark-cost';
import type { Outage } from '../outage/summary';
import type { Recovery } from '../outage/recovery';
import { milliseconds, ratio, ratioSpread, spread } from './format';
import type { BenchResult } from './result';

/** What the project promises of its speed, and what was measured; a run on a busy machine may miss it. */
export interface Target {
  readonly promise: string;
  readonly measured: string;
  readonly met: boolean;
}

const CONCURRENCY = 10;

/** Bytes. */
const DEGRADATION_LIMIT = 20_000;

/**
 * How long an instance believes what it has read of a circuit: calls within it are not the circuit's fault. The
 * number is that of lambdas/tier/circuit/circuit-breaker.ts.
 */
const UNAWARE_MS = 1_000;

/** The targets of the parts that were run. */
export const targetsOf = ({
  healthy = [],
  outage,
  coldStart = [],
  harness,
}: BenchResult): readonly Target[] => [
  ...healthy.filter(({ concurrency }) => concurrency === CONCURRENCY).flatMap(healthyTargets),
  ...(outage === undefined ? [] : outageTargets(outage)),
  ...coldStart.flatMap(coldStartTargets),
  ...(harness === undefined ? [] : [harnessTarget(harness)]),
];

function healthyTargets({ upstreamMs, againstBare: { handler, path } }: HealthyCell): readonly Target[] {
  if (upstreamMs === 0) {
    return [
      {
        promise: `handler: at least ${ratio(0.85)} of the bare call's throughput, ${CONCURRENCY} concurrent, 0 ms`,
        measured: ratioSpread(handler.throughput),
        met: handler.throughput.median >= 0.85,
      },
      {
        promise: `handler: p99 at most ${ratio(1.3)} of the bare call's, ${CONCURRENCY} concurrent, 0 ms`,
        measured: ratioSpread(handler.p99),
        met: handler.p99.median <= 1.3,
      },
    ];
  }
  return [
    {
      promise: `whole local path: at most 3 ms more at p50, ${CONCURRENCY} concurrent, ${upstreamMs} ms`,
      measured: `${spread(path.addedP50Ms)} ms`,
      met: path.addedP50Ms.median <= 3,
    },
  ];
}

const outageTargets = ({ dead, recovered, fallbackAlone }: Outage): readonly Target[] => [
  ...dead.flatMap((phase) => deadTargets(phase, fallbackAlone.p50)),
  ...recovered.map(recoveryTarget),
];

function deadTargets(phase: DeadPhase, fallbackP50: number): readonly Target[] {
  const { name, calls, afterOpening, lastUnawareAfterMs } = phase;
  const added = afterOpening === undefined ? undefined : afterOpening.p50 - fallbackP50;
  return [
    {
      promise: `${name}, circuit open: callers' p50 within 20 ms of the fallback's own`,
      measured: added === undefined ? 'the circuit never opened' : `${milliseconds(added)} more`,
      met: added !== undefined && Math.abs(added) <= 20,
    },
    {
      promise: `${name}: probes only, once instances have read of the opening (${UNAWARE_MS} ms)`,
      measured: `${calls.probes} probes; ${calls.unaware} unaware, the last after ${milliseconds(lastUnawareAfterMs)}`,
      met: afterOpening !== undefined && lastUnawareAfterMs <= UNAWARE_MS,
    },
  ];
}

const recoveryTarget = ({ name, closedAfterMs, boundMs }: Recovery): Target => ({
  promise: `${name}: used again within back-off and good probes (${milliseconds(boundMs)})`,
  measured: closedAfterMs === undefined ? 'not within the phase' : milliseconds(closedAfterMs),
  met: closedAfterMs !== undefined && closedAfterMs <= boundMs,
});

const harnessTarget = ({ concurrency, excessMs }: BenchmarkCost): Target => ({
  promise: `model benchmark: p50 less than 2 ms above the true one, ${concurrency} concurrent`,
  measured: `${excessMs.toFixed(2)} ms`,
  met: excessMs < 2,
});

function coldStartTargets({ entry, ratio: loads, size }: ColdStart): readonly Target[] {
  if (entry === 'primary-model') {
    return [
      {
        promise: `${entry}: loads in at most ${ratio(1.3)} of its bare SDK clients' time`,
        measured: ratioSpread(loads),
        met: loads.median <= 1.3,
      },
    ];
  }
  if (entry !== 'degradation') return [];
  return [
    {
      promise: `${entry}: under ${DEGRADATION_LIMIT / 1_000} kB`,
      measured: `${(size.minified / 1_000).toFixed(1)} kB`,
      met: size.minified < DEGRADATION_LIMIT,
    },
  ];
}
