import type { ColdStart } from '../cold-start/run';
import { isCompared, isPath, VARIANTS, type HealthyCell, type Variant } from '../healthy/summary';
import type { BenchmarkCost } from '../benchmark-cost';
import type { ConsoleResult } from '../console/run';
import type { ModelsChange } from '../models/run';
import type { Outage } from '../outage/summary';
import type { SoakResult } from '../soak/run';
import type { StreamsResult } from '../streams/run';
import type { Latencies } from '@assistant/operator/report';
import type { LiveHeap } from '../system/live-heap';
import { decimal, kilobytes, milliseconds, ratio, ratioSpread, spread } from './format';

/** A table's text; the first row is its head. */
export type Rows = readonly (readonly string[])[];

/** What a table of the report shows. */
export interface Section {
  readonly title: string;
  readonly rows: Rows;
  readonly notes: readonly string[];
}

export const VARIANT_NAMES: Readonly<Record<Variant, string>> = {
  bare: 'bare SDK call',
  handler: 'primary-model handler',
  limited: 'handler with a daily limit',
  path: 'whole local path without callers',
  shippedPath: 'whole local path as shipped',
  firstToken: 'bare SDK call’s first token',
  firstDelta: 'streaming handler’s first delta',
};

/** Fewer calls have no 99th percentile but their longest. */
const CALLS_FOR_P99 = 100;

export function healthySection(cells: readonly HealthyCell[]): Section {
  const head = [
    '',
    'calls',
    'calls/s',
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'CPU ms a call',
    'calls/s : base',
    'p99 : base',
    'p50 - base, ms',
    'CPU : base',
  ];
  const rows = cells.flatMap((cell) => [
    [`${cell.concurrency} concurrent, upstream ${cell.upstreamMs} ms`],
    ...VARIANTS.map((variant) => healthyRow(cell, variant)),
  ]);
  const failures = cells.flatMap((cell) => cell.failures);
  return {
    title: 'Healthy: ratios are median [min – max] over the rounds',
    rows: [head, ...rows],
    notes: [
      'The base is the bare call, also of the path as shipped, whose callers have keys and a daily limit; of the handler with a daily limit, which counts tokens, the handler without; of the streaming handler, whose caller has a limit, the bare call’s first token.',
      `p99 in brackets: of fewer than ${CALLS_FOR_P99} calls, so little more than the longest. CPU is the calling process's: on a busy machine, it says more than time.`,
      ...(failures.length === 0
        ? []
        : [
            `${failures.length} calls FAILED, so the figures are of no worth; the first: ${String(failures[0])}`,
          ]),
    ],
  };
}

function healthyRow(cell: HealthyCell, variant: Variant): readonly string[] {
  const { calls, throughput, p50, p95, p99, cpuMsPerCall } = cell.variants[variant];
  const cpu = isPath(variant) ? '' : decimal(cpuMsPerCall);
  const shown = [p50, p95].map(decimal);
  const tail = calls < CALLS_FOR_P99 ? `(${decimal(p99)})` : decimal(p99);
  const row = [`  ${VARIANT_NAMES[variant]}`, String(calls), throughput.toFixed(0), ...shown, tail, cpu];
  if (!isCompared(variant)) return row;
  const against = cell.againstBase[variant];
  return [
    ...row,
    ratioSpread(against.throughput),
    ratioSpread(against.p99),
    spread(against.addedP50Ms),
    ...(isPath(variant) ? [] : [ratioSpread(against.cpu)]),
  ];
}

export function outageSection({ setting, fallbackAlone, healthy, dead, recovered }: Outage): Section {
  const quantiles = (latencies?: Latencies) =>
    latencies === undefined ? ['-', '-'] : [decimal(latencies.p50), decimal(latencies.p99)];
  const { concurrency, thinkMs, upstreamMs } = setting;
  return {
    title: `Outage: ${concurrency} callers, ${thinkMs} ms between their questions, upstream ${upstreamMs} ms`,
    rows: [
      ['', 'answers/s', ': healthy', 'p50 ms', 'p99 ms'],
      ['fallback by the bare SDK', '', '', ...quantiles(fallbackAlone)],
      ['healthy', decimal(healthy.throughput), '', ...quantiles(healthy)],
      ...dead.flatMap(({ name, throughput, beforeOpening, afterOpening }) => [
        [`${name}, circuit still closed`, '', '', ...quantiles(beforeOpening)],
        [
          `${name}, circuit open`,
          decimal(throughput),
          ratio(throughput / healthy.throughput),
          ...quantiles(afterOpening),
        ],
      ]),
    ],
    notes: [
      ...dead.map(
        ({ name, openedAfterMs, calls, lastUnawareAfterMs, tiers }) =>
          `${name}: opened after ${optional(openedAfterMs)}; calls of the dead model: ${calls.beforeOpening} before the opening, ` +
          `${calls.unaware} after it by instances that had not read of it (the last after ${milliseconds(lastUnawareAfterMs)}), ` +
          `${calls.probes} probes; the upstream counts ${calls.upstream}. Answers: ${counts(tiers)}.`,
      ),
      ...recovered.map(
        ({ name, waitMs, boundMs, firstPrimaryAfterMs, closedAfterMs, lastFallbackAfterMs, tiers }) =>
          `${name}: first answer of the primary after ${optional(firstPrimaryAfterMs)}, circuit closed after ${optional(closedAfterMs)} ` +
          `(bound ${milliseconds(boundMs)}, of which back-off ${milliseconds(waitMs)}), last answer of the fallback after ` +
          `${optional(lastFallbackAfterMs)}. Answers: ${counts(tiers)}.`,
      ),
    ],
  };
}

const optional = (ms: number | undefined): string => (ms === undefined ? 'NEVER' : milliseconds(ms));

const counts = (tiers: Readonly<Record<string, number>>): string =>
  Object.entries(tiers)
    .map(([tier, count]) => `${count} ${tier}`)
    .join(', ');

export const coldStartSection = (results: readonly ColdStart[]): Section => ({
  title: 'Cold start: loading a bundle in a new process',
  rows: [
    ['', 'minified', 'zipped', 'bare', 'load ms', 'bare ms', 'load : bare'],
    ...results.map(({ entry, counterpart, size, bareSize, loadMs, bareLoadMs, ratio: loads }) => [
      `${entry} (bare: ${counterpart})`,
      kilobytes(size.minified),
      kilobytes(size.zipped),
      kilobytes(bareSize.minified),
      spread(loadMs),
      spread(bareLoadMs),
      ratioSpread(loads),
    ]),
  ],
  notes: [],
});

export const benchmarkSection = ({
  concurrency,
  calls,
  trueMs,
  measuredP50,
  excessMs,
}: BenchmarkCost): Section => ({
  title: `The model benchmark’s own cost: ${concurrency} concurrent against a fixed latency`,
  rows: [
    ['calls', 'true p50 ms', 'measured p50 ms', 'excess ms'],
    [String(calls), ...[trueMs, measuredP50, excessMs].map(decimal)],
  ],
  notes: [],
});

const heapNote = ({ liveMb, threads }: LiveHeap): string =>
  `Of the memory at the end, ${liveMb.toFixed(0)} MB were alive in the heaps of ${threads} threads; the rest is garbage that V8 has room for, code, and what the threads themselves take.`;

export function streamsSection({
  open,
  minutes,
  answerSeconds,
  begun,
  whole,
  deltas,
  lost,
  samples,
  heap,
}: StreamsResult): Section {
  // One for each minute is enough to see a slope.
  const shown = samples.filter(({ atSeconds }, index) => {
    const next = samples[index + 1];
    return next === undefined || Math.floor(next.atSeconds / 60) > Math.floor(atSeconds / 60);
  });
  return {
    title: `Open streams: ${open} at once for ${minutes} minutes, each of ${answerSeconds} s, through the whole local system`,
    rows: [
      ['seconds after all were open', 'open', 'memory MB', 'cores', 'load of the machine'],
      ...shown.map(({ atSeconds, open: stillOpen, memoryMb, cpuShare, load }) => [
        atSeconds.toFixed(0),
        String(stillOpen),
        memoryMb.toFixed(0),
        decimal(cpuShare),
        decimal(load),
      ]),
    ],
    notes: [
      `${begun} streams were begun, of which ${whole} ended whole with ${deltas} deltas in all; ${lost.length} were lost${lost.length === 0 ? '' : `, the first: ${String(lost[0])}`}.`,
      'Memory and cores are those of the emulator’s process, in which everything runs but the readers.',
      heapNote(heap),
    ],
  };
}

/** Minutes between two rows: enough to see a slope. */
const SHOWN_EVERY = 5;

export const soakSection = ({ perSecond, minutes, samples, heap }: SoakResult): Section => ({
  title: `Soak: ${perSecond} questions a second for ${minutes} minutes, through the whole local system`,
  rows: [
    ['minute', 'asked', 'memory MB', 'cores', 'load of the machine'],
    ...samples
      .filter(({ minute }) => minute % SHOWN_EVERY === 0 || minute === minutes)
      .map(({ minute, asked, memoryMb, cpuShare, load }) => [
        ...[String(minute), String(asked), memoryMb.toFixed(0), decimal(cpuShare), decimal(load)],
      ]),
  ],
  notes: [heapNote(heap)],
});

export const modelsSection = (changes: readonly ModelsChange[]): Section => ({
  title: 'Changes of the rules, at once in both regions, while 10 callers ask',
  rows: [
    ['', 'calls', 'p99 before', 'p99 meanwhile', 'ratio'],
    ...changes.map(({ change, calls, p99 }) => [
      ...[`models ${change}`, String(calls), milliseconds(p99.before), milliseconds(p99.during)],
      ratio(p99.during / p99.before),
    ]),
  ],
  notes: ['Before stands a command that only looks: `models diff`.'],
});

export const consoleSection = ({ pageKb, cost, idleShare, browser }: ConsoleResult): Section => ({
  title: 'The console, while 10 callers ask, and while nobody does',
  rows: [
    ['', 'measured'],
    ['page, compressed', `${pageKb.toFixed(1)} kB`],
    ['CPU for an answer, page open : closed', ratioSpread(cost)],
    ['of a core, while nobody asks', percent(idleShare)],
    ...(browser === undefined
      ? []
      : [
          ['first paint', `${spread(browser.firstPaintMs)} ms`],
          ['DOM nodes, once full and at the end', `${browser.filled.nodes}, ${browser.later.nodes}`],
          [
            'heap, once full and at the end',
            `${browser.filled.heapMb.toFixed(1)} MB, ${browser.later.heapMb.toFixed(1)} MB`,
          ],
        ]),
  ],
  notes:
    browser === undefined ? ['Without a Chromium, which CHROME_BIN can name, no paint is measured.'] : [],
});

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
