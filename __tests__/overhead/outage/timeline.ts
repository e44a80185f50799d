import { percentile } from '@assistant/operator/report';
import type { CallerRequest } from './observation';
import { countTiers } from './tiers';

/** Requests that ended within one bin. */
export interface TimelineBin {
  /** Milliseconds from the run's start to the bin's. */
  readonly atMs: number;
  readonly tiers: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly p50: number;
  readonly max: number;
}

export const BIN_MS = 250;

/** @returns the bins in which a request ended, in order of time */
export function timeline(requests: readonly CallerRequest[], from: number): readonly TimelineBin[] {
  const bins = new Map<number, CallerRequest[]>();
  for (const request of requests) {
    const index = Math.floor((request.endedAt - from) / BIN_MS);
    bins.set(index, [...(bins.get(index) ?? []), request]);
  }
  return [...bins.entries()]
    .sort(([one], [other]) => one - other)
    .map(([index, ended]) => {
      const sorted = Float64Array.from(ended, ({ startedAt, endedAt }) => endedAt - startedAt).sort();
      const [p50, max] = [percentile(sorted, 50), percentile(sorted, 100)];
      return { atMs: index * BIN_MS, tiers: countTiers(ended), p50, max };
    });
}
