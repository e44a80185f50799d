import type { ColdStart } from '../cold-start/run';
import { summarize } from '../healthy/summary';
import type { Outage } from '../outage/summary';
import type { OverheadResult } from '../report/result';
import { latenciesOf, spreadOf } from '@assistant/operator/report';

const slice = (latencyMs: number, calls: number) => ({
  latencyMs: new Float64Array(calls).fill(latencyMs),
  elapsedMs: 1_000,
  cpuMs: 900,
  failures: [],
});
const cell = (upstreamMs: number, concurrency: number) =>
  summarize({ upstreamMs, concurrency }, [
    {
      bare: slice(upstreamMs + 1, 200),
      handler: slice(upstreamMs + 1.2, 180),
      limited: slice(upstreamMs + 2, 120),
      path: slice(upstreamMs + 2.5, 91),
      shippedPath: slice(upstreamMs + 5, 85),
      firstToken: slice(upstreamMs + 1, 200),
      firstDelta: slice(upstreamMs + 2.2, 180),
    },
  ]);

const outage: Outage = {
  setting: {
    concurrency: 10,
    thinkMs: 20,
    upstreamMs: 100,
    circuit: {
      failures: 5,
      failureRate: 0.5,
      minimumCalls: 10,
      windowSeconds: 10,
      openSeconds: 0.5,
      maxOpenSeconds: 2,
      goodProbes: 2,
    },
  },
  fallbackAlone: latenciesOf([102]),
  healthy: { ...latenciesOf([105]), throughput: 80, tiers: { primary: 480 } },
  dead: [
    {
      name: 'dead: silent',
      openedAfterMs: 2_000,
      calls: { beforeOpening: 20, unaware: 3, probes: 4, upstream: 27 },
      lastUnawareAfterMs: 300,
      beforeOpening: latenciesOf([1_100]),
      afterOpening: latenciesOf([110]),
      throughput: 76,
      tiers: { fallback: 800 },
    },
  ],
  recovered: [
    {
      name: 'recovered from silence',
      waitMs: 1_000,
      boundMs: 1_400,
      firstPrimaryAfterMs: 1_100,
      closedAfterMs: 1_250,
      lastFallbackAfterMs: 2_200,
      tiers: { primary: 300, fallback: 100 },
    },
  ],
  phases: [
    { name: 'healthy', fromMs: 0, toMs: 500 },
    { name: 'dead: silent', fromMs: 500, toMs: 1_000 },
  ],
  timeline: [
    { atMs: 0, tiers: { primary: 20 }, p50: 105, max: 120 },
    { atMs: 750, tiers: { fallback: 15, degraded: 1, 'Error: <lost> & "gone"': 1 }, p50: 110, max: 1_100 },
  ],
};

const coldStart = (entry: string, minified: number, ratio: number): ColdStart => ({
  entry,
  counterpart: 'bare',
  size: { minified, zipped: minified / 3 },
  bareSize: { minified: 390_000, zipped: 125_000 },
  loadMs: spreadOf([50 * ratio]),
  bareLoadMs: spreadOf([50]),
  ratio: spreadOf([ratio]),
});

/** A run in which every target was met. */
export const RESULT: OverheadResult = {
  startedAt: '2026-11-22T12:00:00.000Z',
  durationSeconds: 200,
  quick: false,
  seed: 1,
  machine: {
    cpu: 'A <fast> CPU',
    cores: 2,
    memoryGb: 8,
    system: 'linux 6',
    node: 'v20.19.0',
    packages: { esbuild: '0.28.2' },
    commit: 'abc1234',
    loadBefore: 0.1,
  },
  healthy: [cell(0, 10), cell(100, 10), cell(100, 50)],
  outage,
  coldStart: [coldStart('primary-model', 450_000, 1.2), coldStart('degradation', 19_999, 10)],
  benchmark: {
    concurrency: 50,
    calls: 3_000,
    trueMs: 50.2,
    measuredP50: 51.6,
    excessMs: 1.4,
    eventLoopDelayP99Ms: 4,
  },
  streams: {
    ...{ open: 1_000, minutes: 1, answerSeconds: 200, begun: 1_300, whole: 300, deltas: 30_000, lost: [] },
    settledAfterSeconds: 240,
    samples: [60, 240, 300].map((atSeconds) => ({
      ...{ atSeconds, open: 1_000, memoryMb: 2_700, cpuShare: 0.9, load: 1.1 },
    })),
    heap: { liveMb: 1_500, threads: 80 },
  },
  soak: {
    ...{ perSecond: 20, minutes: 20, asked: 24_000, others: [] },
    samples: Array.from({ length: 20 }, (_, place) => ({
      ...{ minute: place + 1, memoryMb: 300, cpuShare: 0.2, asked: 1_200 * (place + 1), load: 0.4 },
    })),
    heap: { liveMb: 160, threads: 10 },
  },
};

/** What is left of it where no part was run. */
const {
  healthy: _healthy,
  outage: _outage,
  coldStart: _coldStart,
  benchmark: _benchmark,
  streams: _streams,
  soak: _soak,
  ...NOTHING
} = RESULT;
export { NOTHING };
