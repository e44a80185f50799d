import type { HealthyCell } from '../healthy/summary';
import type { OverheadResult } from '../report/result';
import { missedLines, targetsOf } from '../report/targets';
import { textReport } from '../report/text';
import { NOTHING, RESULT } from './result-fixture';

const cells = RESULT.healthy ?? [];
const missed = (result: OverheadResult) =>
  targetsOf(result)
    .filter(({ held }) => !held)
    .map(({ promise }) => promise);

describe('targets', () => {
  it('are all met by the fixture, and each has a part that it comes from', () => {
    expect(missed(RESULT)).toEqual([]);
    expect(targetsOf(RESULT)).toHaveLength(19);
  });

  const slower = (
    where: Partial<HealthyCell>,
    variant: keyof HealthyCell['againstBase'],
    change: object,
  ) => ({
    ...RESULT,
    healthy: cells.map((cell) => {
      const isMeant = cell.concurrency === where.concurrency && cell.upstreamMs === where.upstreamMs;
      const changed = { ...cell.againstBase[variant], ...change };
      return isMeant ? { ...cell, againstBase: { ...cell.againstBase, [variant]: changed } } : cell;
    }),
  });
  const [none, some, most] = [
    { concurrency: 10, upstreamMs: 0 },
    { concurrency: 10, upstreamMs: 100 },
    { concurrency: 50, upstreamMs: 100 },
  ];
  const at = (median: number) => ({ median, min: median, max: median });
  const dead = (change: object) => ({
    ...RESULT,
    outage: RESULT.outage && {
      ...RESULT.outage,
      dead: RESULT.outage.dead.map((phase) => ({ ...phase, ...change })),
    },
  });
  const recovered = (change: object) => ({
    ...RESULT,
    outage: RESULT.outage && {
      ...RESULT.outage,
      recovered: RESULT.outage.recovered.map((phase) => ({ ...phase, ...change })),
    },
  });
  const loaded = (change: object) => ({
    ...RESULT,
    coldStart: RESULT.coldStart?.map((result) => ({ ...result, ...change })),
  });

  const samples = RESULT.streams?.samples ?? [];
  const streamed = (change: object) => ({ ...RESULT, streams: { ...RESULT.streams, ...change } });

  const soaked = (change: object) => ({ ...RESULT, soak: { ...RESULT.soak, ...change } });
  const grownFrom = (minute: number) =>
    RESULT.soak?.samples.map((sample) => ({ ...sample, memoryMb: sample.minute > minute ? 331 : 300 }));

  it.each([
    {
      of: 'handler’s throughput',
      result: slower(none, 'handler', { throughput: at(0.84) }),
      promise: /^handler: at least 0.85x/,
    },
    { of: 'handler’s tail', result: slower(none, 'handler', { p99: at(1.31) }), promise: /^handler: p99/ },
    {
      of: 'the count’s CPU time',
      result: slower(none, 'limited', { cpu: at(2.01) }),
      promise: /^daily limit: at most 2.00x/,
    },
    {
      of: 'the count’s wait',
      result: slower(some, 'limited', { addedP50Ms: at(5.1) }),
      promise: /^daily limit: at most 5 ms more at p50 than without, 10/,
    },
    {
      of: 'a stream’s first word',
      result: slower(some, 'firstDelta', { addedP50Ms: at(3.1) }),
      promise: /^first delta: at most 3 ms after/,
    },
    {
      of: 'path’s throughput',
      result: slower(none, 'path', { throughput: at(0.44) }),
      promise: /^whole local path without callers: at least 0.45x/,
    },
    {
      of: 'path at 10',
      result: slower(some, 'path', { addedP50Ms: at(2.1) }),
      promise: /^whole local path without callers: at most 2 ms more at p50, 10/,
    },
    {
      of: 'path at 50',
      result: slower(most, 'path', { addedP50Ms: at(10.1) }),
      promise: /^whole local path without callers: at most 10 ms more at p50, 50/,
    },
    {
      of: 'callers in an outage',
      result: dead({ afterOpening: { p50: 123, p95: 130, p99: 140, quantiles: [] } }),
      promise: /^dead: silent, circuit open/,
    },
    { of: 'calls of a dead model', result: dead({ lastUnawareAfterMs: 1_001 }), promise: /probes only/ },
    {
      of: 'the model benchmark’s own cost',
      result: { ...RESULT, benchmark: RESULT.benchmark && { ...RESULT.benchmark, excessMs: 2 } },
      promise: /^model benchmark/,
    },
    {
      of: 'a lost stream',
      result: streamed({ lost: ['status 500: '] }),
      promise: /^open streams: 1000 for 1 minutes, and none lost/,
    },
    {
      of: 'a stream that nobody opened again',
      result: streamed({ samples: samples.map((sample) => ({ ...sample, open: 999 })) }),
      promise: /none lost/,
    },
    {
      of: 'memory that grows',
      result: streamed({ samples: samples.map((s, place) => ({ ...s, memoryMb: 2_700 + 350 * place })) }),
      promise: /^open streams: memory/,
    },
    {
      of: 'a soak’s question that another tier answered',
      result: soaked({ others: ['fallback'] }),
      promise: /^soak: the primary model answers all/,
    },
    {
      of: 'memory that grows after ten minutes of a soak',
      result: soaked({ samples: grownFrom(10) }),
      promise: /^soak: memory at the end at most 1.10x of minute 10’s/,
    },
    { of: 'recovery', result: recovered({ closedAfterMs: 1_401 }), promise: /^recovered from silence/ },
    {
      of: 'recovery that never came',
      result: recovered({ closedAfterMs: undefined }),
      promise: /^recovered/,
    },
    { of: 'load time', result: loaded({ ratio: at(1.31) }), promise: /^primary-model/ },
    { of: 'size', result: loaded({ size: { minified: 20_000, zipped: 1 } }), promise: /^degradation/ },
  ])('$of: missed alone where it is missed', ({ result, promise }) => {
    expect(missed(result as OverheadResult)).toEqual([expect.stringMatching(promise)]);
  });
});

it('a check names each target that was missed, with what was measured', () => {
  const failing = cells.map((cell) => ({ ...cell, failures: ['path: status 503'] }));
  expect(missedLines(RESULT)).toEqual([]);
  expect(missedLines({ ...NOTHING, healthy: failing })).toEqual([
    'MISSED healthy: the primary model answers every call: 3 others; the first: path: status 503',
  ]);
});

describe('the console’s targets', () => {
  const spread = (median: number) => ({ median, min: median, max: median });
  const CONSOLE = {
    ...{ pageKb: 60, cost: spread(1.01), idleShare: 0.009 },
    browser: {
      firstPaintMs: spread(299),
      ...{ filled: { nodes: 1_000, heapMb: 10 }, later: { nodes: 1_100, heapMb: 11 } },
    },
  };
  it.each([
    ['nothing', {}, []],
    ['a heavy page', { pageKb: 200 }, [/200 kB/]],
    ['a page that costs more than a hundredth of an answer', { cost: spread(1.011) }, [/CPU for an answer/]],
    ['a page that keeps a quiet system busy', { idleShare: 0.01 }, [/of a core/]],
    ['a late paint', { browser: { ...CONSOLE.browser, firstPaintMs: spread(300) } }, [/first paint/]],
    [
      'a page that grows',
      { browser: { ...CONSOLE.browser, later: { nodes: 1_101, heapMb: 11 } } },
      [/grows to at most/],
    ],
  ])('miss %s', (_, change, wanted) => {
    const found = missed({ ...NOTHING, console: { ...CONSOLE, ...change } });
    expect(found).toEqual(wanted.map((promise) => expect.stringMatching(promise) as string));
  });

  it('have no paint without a browser', () => {
    const { browser: _browser, ...others } = CONSOLE;
    expect(textReport({ ...NOTHING, console: others })).toContain('Without a Chromium');
    expect(missed({ ...NOTHING, console: others })).toEqual([]);
  });
});
