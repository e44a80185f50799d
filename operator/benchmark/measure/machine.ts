import { monitorEventLoopDelay } from 'node:perf_hooks';
import { availableParallelism, cpus, platform, release } from 'node:os';
import type { BenchmarkResult } from '../result/result';

export const readMachine = (): BenchmarkResult['machine'] => ({
  node: process.version,
  os: `${platform()} ${release()}`,
  cpu: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
});

/** How often the monitor looks, in milliseconds; its histogram counts this interval as a delay, too. */
const RESOLUTION_MS = 10;
/** Node's timers count whole milliseconds: a timer that is not late at all comes up to one later than asked. */
const TIMER_ROUNDING_MS = 1;

/** @returns ends the watch and tells the 99th percentile of the event loop's lateness, in milliseconds */
export function watchEventLoop(): () => number {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return () => {
    histogram.disable();
    const p99 = histogram.count === 0 ? 0 : histogram.percentile(99) / 1e6;
    return Math.max(0, p99 - RESOLUTION_MS - TIMER_ROUNDING_MS);
  };
}
