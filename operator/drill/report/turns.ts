import { outcome, type RequestRecord } from '../drill-log';

/** Requests in a row with the same outcome; times as the records'. */
export interface Turn {
  readonly who: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
}

/** @param requests in the order of their start */
export function turns(requests: readonly RequestRecord[]): readonly Turn[] {
  const all: Turn[] = [];
  for (const { startedAt, first } of requests) {
    const who = outcome(first);
    const latest = all.at(-1);
    if (latest?.who === who)
      all.splice(-1, 1, { ...latest, lastAt: startedAt, requests: latest.requests + 1 });
    else all.push({ who, firstAt: startedAt, lastAt: startedAt, requests: 1 });
  }
  return all;
}
