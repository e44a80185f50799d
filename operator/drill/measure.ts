import { ALIAS_TTL_SECONDS } from '../../contract/failover';
import { type RequestRecord, isBestOf, type DrillLog } from './drill-log';
import { SCENARIOS } from './scenario';

/** Why a request had no answer. */
export type Classification = 'in flight' | 'before the move' | 'unexplained';

/** When the loss of the primary explains a missing answer; emulated epoch milliseconds. */
interface ExplainedWindow {
  /** The primary's loss. */
  readonly from: number;
  /** Detection, and the time to live of the last answer that led to the primary. */
  readonly until: number;
  /** Whether the primary stopped answering at all: where it did not, nothing explains a missing answer. */
  readonly interrupts: boolean;
}

/** @param request one whose first attempt had no answer */
export function classify(
  { startedAt, first }: RequestRecord,
  { from, until, interrupts }: ExplainedWindow,
): Classification {
  if (!interrupts) return 'unexplained';
  if (startedAt < from) return first.endedAt >= from ? 'in flight' : 'unexplained';
  return startedAt <= until ? 'before the move' : 'unexplained';
}

/** What a drill came to; `null` where it did not come to pass, or nobody told. Emulated milliseconds. */
export interface Measurement {
  /** From the primary's loss to the first health check that said so. */
  readonly detectedAfterMs: number | null;
  /** ... to Route 53's answer that leads to the secondary. */
  readonly answerChangedAfterMs: number | null;
  /** ... to the move of a client that had resolved the name just before: the answer's change, and its time to live. */
  readonly lastAnswerExpiredAfterMs: number | null;
  /** ... to the start of the first request from which on the secondary's primary tier answered all. */
  readonly movedAfterMs: number | null;
  /** From the primary's recovery to the first health check that said so. */
  readonly recoveryDetectedAfterMs: number | null;
  /** ... to the move back of a client that had resolved the name just before Route 53 led to the primary again. */
  readonly returnAnswerExpiredAfterMs: number | null;
  /** ... to the start of the first request from which on the primary's primary tier answered all. */
  readonly returnedAfterMs: number | null;
  readonly requests: number;
  /** Requests that another than the primary region's primary tier has answered. */
  readonly elsewhere: number;
  readonly unanswered: readonly Unanswered[];
  readonly unexplained: number;
  /** Requests without an answer at both of two attempts. */
  readonly lostDespiteRetry: number;
  /** Those of them that began when every client should have moved. */
  readonly lostDespiteRetryAfterMove: number;
}

interface Unanswered {
  /** Milliseconds after the primary's loss. */
  readonly startedAfterMs: number;
  readonly endedAfterMs: number;
  readonly error: string;
  readonly because: Classification;
  /** Whether a client that retries once had an answer. */
  readonly answeredAtRetry: boolean;
}

const DNS_TTL_MS = ALIAS_TTL_SECONDS * 1_000;

/** What this machine's timers may be late by, in real milliseconds. */
export const TIMER_TOLERANCE_MS = 250;

/** @param promisedMoveMs within which the clients' move is due, where Route 53's own changes are not told */
export function measure(log: DrillLog, promisedMoveMs: number): Measurement {
  const { takenAwayAt, broughtBackAt, regions, requests } = log;
  const during = requests.filter(({ startedAt }) => startedAt >= takenAwayAt && startedAt < broughtBackAt);
  const after = requests.filter(({ startedAt }) => startedAt >= broughtBackAt);
  const answerChangedAt = firstAnswerChange(log, 'secondary', takenAwayAt);
  const window = explainedWindow(log, answerChangedAt ?? takenAwayAt + promisedMoveMs);
  const unanswered = requests
    .filter(({ first }) => first.answerer === undefined)
    .map((request) => ({ request, because: classify(request, window) }));
  const lost = requests.filter(({ first, retry }) => !first.answerer && !retry?.answerer);
  return {
    detectedAfterMs: since(takenAwayAt, firstHealthChange(log, false, takenAwayAt)),
    answerChangedAfterMs: since(takenAwayAt, answerChangedAt),
    lastAnswerExpiredAfterMs: since(takenAwayAt, answerChangedAt, DNS_TTL_MS),
    movedAfterMs: since(takenAwayAt, settledAt(during, regions.secondary)),
    recoveryDetectedAfterMs: since(broughtBackAt, firstHealthChange(log, true, broughtBackAt)),
    returnAnswerExpiredAfterMs: since(
      broughtBackAt,
      firstAnswerChange(log, 'primary', broughtBackAt),
      DNS_TTL_MS,
    ),
    returnedAfterMs: since(broughtBackAt, settledAt(after, regions.primary)),
    requests: requests.length,
    elsewhere: requests.filter(({ first }) => first.answerer && !isBestOf(regions.primary, first)).length,
    unanswered: unanswered.map(({ request, because }) => toUnanswered(request, because, takenAwayAt)),
    unexplained: unanswered.filter(({ because }) => because === 'unexplained').length,
    lostDespiteRetry: lost.length,
    lostDespiteRetryAfterMove: lost.filter(({ startedAt }) => startedAt > window.until).length,
  };
}

/** @returns the start of the first request from which on a region's primary tier answered all of them */
function settledAt(requests: readonly RequestRecord[], region: string): number | undefined {
  const last = requests.findLastIndex(({ first }) => !isBestOf(region, first));
  return requests[last + 1]?.startedAt;
}

function explainedWindow({ scenario, takenAwayAt, speed }: DrillLog, changedAt: number): ExplainedWindow {
  const until = changedAt + DNS_TTL_MS + TIMER_TOLERANCE_MS * speed;
  return { from: takenAwayAt, until, interrupts: SCENARIOS[scenario].interrupts };
}

const firstHealthChange = ({ changes }: DrillLog, healthy: boolean, from: number): number | undefined =>
  changes.find((change) => change.kind === 'health' && change.healthy === healthy && change.at >= from)?.at;

const firstAnswerChange = ({ changes }: DrillLog, to: string, from: number): number | undefined =>
  changes.find((change) => change.kind === 'answer' && change.setIdentifier === to && change.at >= from)?.at;

const since = (from: number, at: number | undefined, later = 0): number | null =>
  at === undefined ? null : Math.round(at - from + later);

function toUnanswered({ startedAt, first, retry }: RequestRecord, because: Classification, from: number) {
  return {
    startedAfterMs: Math.round(startedAt - from),
    endedAfterMs: Math.round(first.endedAt - from),
    error: first.error ?? 'no answer',
    because,
    answeredAtRetry: retry?.answerer !== undefined,
  };
}
