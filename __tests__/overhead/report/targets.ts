import type { ColdStart } from '../cold-start/run';
import type { HealthyCell } from '../healthy/summary';
import type { DeadPhase } from '../outage/dead-phase';
import type { BenchmarkCost } from '../benchmark-cost';
import type { ConsoleResult } from '../console/run';
import type { ModelsChange } from '../models/run';
import type { Outage } from '../outage/summary';
import type { SoakResult } from '../soak/run';
import type { StreamsResult } from '../streams/run';
import type { Recovery } from '../outage/recovery';
import type { Outcome, Spread } from '@assistant/operator/report';
import { milliseconds, ratio, ratioSpread, spread } from './format';
import type { OverheadResult } from './result';

/** Bytes. */
const DEGRADATION_LIMIT = 20_000;

/** Everybody who asks waits for it first. */
const AUTHORIZER_LOAD_LIMIT_MS = 30;

/**
 * How long an instance believes what it has read of a circuit: calls within it are not the circuit's fault. The
 * number is that of lambdas/tier/circuit/store-patience.ts.
 */
const UNAWARE_MS = 1_000;

/** What the project promises of its speed, of the parts that were run; a run on a busy machine may miss it. */
export const targetsOf = ({
  healthy = [],
  outage,
  coldStart = [],
  benchmark,
  streams,
  soak,
  models = [],
  console,
}: OverheadResult): readonly Outcome[] => [
  ...(healthy.length === 0 ? [] : [answeredTarget(healthy)]),
  ...healthy.flatMap(healthyTargets),
  ...(outage === undefined ? [] : outageTargets(outage)),
  ...coldStart.flatMap(coldStartTargets),
  ...(benchmark === undefined ? [] : [benchmarkTarget(benchmark)]),
  ...(streams === undefined ? [] : streamsTargets(streams)),
  ...(soak === undefined ? [] : soakTargets(soak)),
  ...models.flatMap(modelsTargets),
  ...(console === undefined ? [] : consoleTargets(console)),
];

/** Figures of calls that failed, or that another tier answered, are of no worth. */
function answeredTarget(cells: readonly HealthyCell[]): Outcome {
  const failures = cells.flatMap((cell) => cell.failures);
  return {
    promise: 'healthy: the primary model answers every call',
    measured: failures.length === 0 ? 'all' : `${failures.length} others; the first: ${String(failures[0])}`,
    held: failures.length === 0,
  };
}

type Read = (against: HealthyCell['againstBase']) => Spread;

/** Of the cell with this load, how much something may at most be, or must at least be. */
interface HealthyTarget {
  readonly concurrency: number;
  readonly upstreamMs: number;
  readonly promise: string;
  readonly read: Read;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly show: (measured: Spread) => string;
}

const BUSY = { concurrency: 10, upstreamMs: 0 } as const;
const added = (measured: Spread): string => `${spread(measured)} ms`;

const HEALTHY_TARGETS: readonly HealthyTarget[] = [
  {
    ...{ ...BUSY, promise: "handler: at least 0.85x of the bare call's throughput" },
    ...{ read: ({ handler }) => handler.throughput, limit: { atLeast: 0.85 }, show: ratioSpread },
  },
  {
    ...{ ...BUSY, promise: "handler: p99 at most 1.30x of the bare call's" },
    ...{ read: ({ handler }) => handler.p99, limit: { atMost: 1.3 }, show: ratioSpread },
  },
  // The answer waits for one write, which costs no more than the model's call itself.
  {
    ...{ ...BUSY, promise: 'daily limit: at most 2.00x of the CPU time without' },
    ...{ read: ({ limited }) => limited.cpu, limit: { atMost: 2 }, show: ratioSpread },
  },
  {
    ...{ concurrency: 10, upstreamMs: 100, promise: 'daily limit: at most 5 ms more at p50 than without' },
    ...{ read: ({ limited }) => limited.addedP50Ms, limit: { atMost: 5 }, show: added },
  },
  {
    ...{ ...BUSY, promise: "whole local path without callers: at least 0.45x of the bare call's throughput" },
    ...{ read: ({ path }) => path.throughput, limit: { atLeast: 0.45 }, show: ratioSpread },
  },
  {
    ...{
      concurrency: 10,
      upstreamMs: 100,
      promise: 'first delta: at most 3 ms after the first token at p50',
    },
    ...{ read: ({ firstDelta }) => firstDelta.addedP50Ms, limit: { atMost: 3 }, show: added },
  },
  {
    ...{
      concurrency: 10,
      upstreamMs: 100,
      promise: 'whole local path without callers: at most 2 ms more at p50',
    },
    ...{ read: ({ path }) => path.addedP50Ms, limit: { atMost: 2 }, show: added },
  },
  {
    ...{
      concurrency: 50,
      upstreamMs: 100,
      promise: 'whole local path without callers: at most 10 ms more at p50',
    },
    ...{ read: ({ path }) => path.addedP50Ms, limit: { atMost: 10 }, show: added },
  },
];

const healthyTargets = (cell: HealthyCell): readonly Outcome[] =>
  HEALTHY_TARGETS.filter(
    ({ concurrency, upstreamMs }) => concurrency === cell.concurrency && upstreamMs === cell.upstreamMs,
  ).map(({ concurrency, upstreamMs, promise, read, limit, show }) => {
    const measured = read(cell.againstBase);
    return {
      promise: `${promise}, ${concurrency} concurrent, ${upstreamMs} ms`,
      measured: show(measured),
      held: 'atLeast' in limit ? measured.median >= limit.atLeast : measured.median <= limit.atMost,
    };
  });

const outageTargets = ({ dead, recovered, fallbackAlone }: Outage): readonly Outcome[] => [
  ...dead.flatMap((phase) => deadTargets(phase, fallbackAlone.p50)),
  ...recovered.map(recoveryTarget),
];

function deadTargets(phase: DeadPhase, fallbackP50: number): readonly Outcome[] {
  const { name, calls, afterOpening, lastUnawareAfterMs } = phase;
  const added = afterOpening === undefined ? undefined : afterOpening.p50 - fallbackP50;
  return [
    {
      promise: `${name}, circuit open: callers' p50 within 20 ms of the fallback's own`,
      measured: added === undefined ? 'the circuit never opened' : `${milliseconds(added)} more`,
      held: added !== undefined && Math.abs(added) <= 20,
    },
    {
      promise: `${name}: probes only, once instances have read of the opening (${UNAWARE_MS} ms)`,
      measured: `${calls.probes} probes; ${calls.unaware} unaware, the last after ${milliseconds(lastUnawareAfterMs)}`,
      held: afterOpening !== undefined && lastUnawareAfterMs <= UNAWARE_MS,
    },
  ];
}

const recoveryTarget = ({ name, closedAfterMs, boundMs }: Recovery): Outcome => ({
  promise: `${name}: used again within back-off and good probes (${milliseconds(boundMs)})`,
  measured: closedAfterMs === undefined ? 'not within the phase' : milliseconds(closedAfterMs),
  held: closedAfterMs !== undefined && closedAfterMs <= boundMs,
});

const benchmarkTarget = ({ concurrency, excessMs }: BenchmarkCost): Outcome => ({
  promise: `model benchmark: p50 less than 2 ms above the true one, ${concurrency} concurrent`,
  measured: `${excessMs.toFixed(2)} ms`,
  held: excessMs < 2,
});

/** A heap that has just been collected, or is about to be, says nothing of a slope. */
const FLAT = 1.1;

const streamsTargets = ({
  open,
  minutes,
  lost,
  samples,
  settledAfterSeconds,
}: StreamsResult): readonly Outcome[] => {
  const fewest = Math.min(...samples.map((sample) => sample.open));
  const settled = samples.find(({ atSeconds }) => atSeconds >= settledAfterSeconds);
  const [first, last] = [settled?.memoryMb ?? NaN, samples.at(-1)?.memoryMb ?? NaN];
  return [
    {
      promise: `open streams: ${open} for ${minutes} minutes, and none lost`,
      measured: `${fewest} or more, ${lost.length} lost`,
      // Where one has ended, the next is about to begin.
      held: lost.length === 0 && fewest >= open,
    },
    {
      promise: `open streams: memory at the end at most ${ratio(FLAT)} of when each had ended once`,
      measured: `${ratio(last / first)}: ${last.toFixed(0)} MB after ${first.toFixed(0)} MB`,
      held: last / first <= FLAT,
    },
  ];
};

/** Minutes until an hour's run has all the instances that it needs, and as much garbage as ever after. */
const SETTLED_AFTER_MINUTES = 10;

function soakTargets({ perSecond, minutes, asked, others, samples }: SoakResult): readonly Outcome[] {
  const settledAt = Math.min(SETTLED_AFTER_MINUTES, Math.ceil(minutes / 2));
  const [first, last] = [samples[settledAt - 1]?.memoryMb ?? NaN, samples.at(-1)?.memoryMb ?? NaN];
  return [
    {
      promise: `soak: the primary model answers all of ${perSecond} questions a second for ${minutes} minutes`,
      measured:
        others.length === 0
          ? `${asked}`
          : `${others.length} of ${asked} others; the first: ${String(others[0])}`,
      held: others.length === 0,
    },
    {
      promise: `soak: memory at the end at most ${ratio(FLAT)} of minute ${settledAt}’s`,
      measured: `${ratio(last / first)}: ${last.toFixed(0)} MB after ${first.toFixed(0)} MB`,
      held: last / first <= FLAT,
    },
  ];
}

function coldStartTargets({ entry, ratio: loads, loadMs, size }: ColdStart): readonly Outcome[] {
  if (entry === 'authorizer') {
    return [
      {
        promise: `${entry}: loads in under ${AUTHORIZER_LOAD_LIMIT_MS} ms`,
        measured: `${spread(loadMs)} ms`,
        held: loadMs.median < AUTHORIZER_LOAD_LIMIT_MS,
      },
    ];
  }
  if (entry === 'primary-model') {
    return [
      {
        promise: `${entry}: loads in at most ${ratio(1.3)} of its bare SDK clients' time`,
        measured: ratioSpread(loads),
        held: loads.median <= 1.3,
      },
    ];
  }
  if (entry !== 'degradation') return [];
  return [
    {
      promise: `${entry}: under ${DEGRADATION_LIMIT / 1_000} kB`,
      measured: `${(size.minified / 1_000).toFixed(1)} kB`,
      held: size.minified < DEGRADATION_LIMIT,
    },
  ];
}

/** What `--check` says: a line for each target that was missed. */
export const missedLines = (result: OverheadResult): readonly string[] =>
  targetsOf(result)
    .filter(({ held }) => !held)
    .map(({ promise, measured }) => `MISSED ${promise}: ${measured}`);

/** What a change of the rules may cost those who ask meanwhile. */
const CHANGE_LIMIT = 1.1;

function modelsTargets({ change, p99, failures }: ModelsChange): readonly Outcome[] {
  const cost = p99.during / p99.before;
  return [
    {
      promise: `models ${change}: the primary model answers every call`,
      measured:
        failures.length === 0 ? 'all' : `${failures.length} others; the first: ${String(failures[0])}`,
      held: failures.length === 0,
    },
    {
      promise: `models ${change}: p99 at most ${ratio(CHANGE_LIMIT)} of before`,
      measured: ratio(cost),
      held: cost <= CHANGE_LIMIT,
    },
  ];
}

const PAGE_LIMIT_KB = 200;
const PAINT_LIMIT_MS = 300;
/** A share of what the emulator can do. */
const OPEN_PAGE_LIMIT = 0.01;

const consoleTargets = ({ pageKb, cost, idleShare, browser }: ConsoleResult): readonly Outcome[] => [
  {
    promise: `console: the page has less than ${PAGE_LIMIT_KB} kB, compressed`,
    measured: `${pageKb.toFixed(1)} kB`,
    held: pageKb < PAGE_LIMIT_KB,
  },
  {
    promise: `console: an open page costs at most ${ratio(1 + OPEN_PAGE_LIMIT)} of the CPU for an answer`,
    measured: ratioSpread(cost),
    held: cost.median <= 1 + OPEN_PAGE_LIMIT,
  },
  {
    promise: 'console: an open page takes less than 0.01 of a core while nobody asks',
    measured: idleShare.toFixed(4),
    held: idleShare < OPEN_PAGE_LIMIT,
  },
  ...(browser === undefined
    ? []
    : [
        {
          promise: `console: first paint within ${PAINT_LIMIT_MS} ms`,
          measured: `${spread(browser.firstPaintMs)} ms`,
          held: browser.firstPaintMs.median < PAINT_LIMIT_MS,
        },
        {
          promise: `console: a page that is full grows to at most ${ratio(FLAT)}: nodes, heap`,
          measured: `${ratio(browser.later.nodes / browser.filled.nodes)}, ${ratio(browser.later.heapMb / browser.filled.heapMb)}`,
          held:
            browser.later.nodes <= browser.filled.nodes * FLAT &&
            browser.later.heapMb <= browser.filled.heapMb * FLAT,
        },
      ]),
];
