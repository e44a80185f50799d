import type { Change } from '@assistant/emulator';
import { answererName, type Attempt, type DrillLog } from '../drill-log';
import type { Measurement } from '../measure';
import type { TurnMeasurement } from '../measure-turns';
import { describeChange } from '../narrator';
import type { Plan } from '../plan';
import type { ScenarioName } from '../scenario';
import { allHeld, type Verdict } from '../verdict';
import { binSeconds, requestsPerBin, turns, type Bin, type Turn } from './requests';

/** What `results/drill-<scenario>-<time>.json` holds. All times are emulated ones, and count from what happens. */
export interface DrillReport {
  readonly scenario: ScenarioName;
  readonly target: 'local' | 'aws';
  /** ISO 8601, by this machine's clock. */
  readonly startedAt: string;
  readonly held: boolean;
  readonly verdicts: readonly Verdict[];
  readonly plan: Plan;
  /** Emulated seconds in a real one. */
  readonly speed: number;
  /** Requests in a real second. */
  readonly rate: number;
  readonly regions: DrillLog['regions'];
  readonly measurement: Measurement;
  /** Where requests were turns of conversations. */
  readonly conversations?: TurnMeasurement;
  readonly broughtBackAfterMs: number;
  readonly changes: readonly { readonly afterMs: number; readonly what: string }[];
  /** Requests in a row with the same outcome; `firstAt` and `lastAt` in milliseconds. */
  readonly turns: readonly Turn[];
  /** Emulated seconds of each entry of `perBin`: one real second. */
  readonly binSeconds: number;
  readonly perBin: readonly Bin[];
  readonly requests: readonly ReportedRequest[];
}

interface ReportedRequest {
  readonly startedAfterMs: number;
  readonly endedAfterMs: number;
  readonly status: number | null;
  readonly answeredBy: string | null;
  readonly error: string | null;
  /** Who answered the second attempt, where there was one. */
  readonly retryAnsweredBy?: string | null;
}

type Circumstances = Pick<
  DrillReport,
  'target' | 'startedAt' | 'plan' | 'rate' | 'verdicts' | 'measurement' | 'conversations'
>;

export function drillReport(log: DrillLog, circumstances: Circumstances): DrillReport {
  const { scenario, speed, regions, changes, requests, takenAwayAt, broughtBackAt } = log;
  const after = (at: number) => Math.round(at - takenAwayAt);
  return {
    scenario,
    held: allHeld(circumstances.verdicts),
    ...circumstances,
    speed,
    regions,
    broughtBackAfterMs: after(broughtBackAt),
    changes: changes.map((change: Change) => ({ afterMs: after(change.at), what: describeChange(change) })),
    turns: turns(requests).map((turn) => ({
      ...turn,
      firstAt: after(turn.firstAt),
      lastAt: after(turn.lastAt),
    })),
    binSeconds: binSeconds(log),
    perBin: requestsPerBin(log),
    requests: requests.map(({ startedAt, first, retry }) => ({
      startedAfterMs: after(startedAt),
      endedAfterMs: after(first.endedAt),
      status: first.status ?? null,
      answeredBy: answeredBy(first),
      error: first.error ?? null,
      ...(retry && { retryAnsweredBy: answeredBy(retry) }),
    })),
  };
}

const answeredBy = ({ answerer }: Attempt): string | null => (answerer ? answererName(answerer) : null);
