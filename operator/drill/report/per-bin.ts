import { outcome, type DrillLog } from '../drill-log';

/** Requests that began within one bin. */
export interface Bin {
  /** Acted-out seconds after the primary's loss, before it below 0, at which the bin begins. */
  readonly atSeconds: number;
  /** Count of requests by who answered, or `no answer`. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export const NO_ANSWER = 'no answer';

/** @returns acted-out seconds of a bin: a real second, of which the rate is told */
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
