import { outcome, type DrillLog, type RequestRecord } from '../drill-log';

/** Requests that began within one bin. */
export interface Bin {
  /** Emulated seconds after the primary's loss, before it below 0, at which the bin begins. */
  readonly atSeconds: number;
  /** Count of requests by who answered, or `no answer`. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export const NO_ANSWER = 'no answer';

/** @returns emulated seconds of a bin: a real second, of which the rate is told */
export const binSeconds = ({ speed }: Pick<DrillLog, 'speed'>): number => speed;

/** @returns the bins in which a request began, in order of time */
export function requestsPerBin(log: Pick<DrillLog, 'requests' | 'takenAwayAt' | 'speed'>): readonly Bin[] {
  const width = binSeconds(log);
  const bins = new Map<number, Record<string, number>>();
  for (const { startedAt, first } of log.requests) {
    const index = Math.floor((startedAt - log.takenAwayAt) / 1_000 / width);
    const outcomes = bins.get(index) ?? {};
    const who = first.answerer ? outcome(first) : NO_ANSWER;
    outcomes[who] = (outcomes[who] ?? 0) + 1;
    bins.set(index, outcomes);
  }
  return [...bins]
    .sort(([one], [other]) => one - other)
    .map(([index, outcomes]) => ({ atSeconds: index * width, outcomes }));
}

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
