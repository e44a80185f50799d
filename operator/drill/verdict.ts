import type { Measurement } from './measure';
import type { Scenario } from './scenario';

/** One thing that the system promises, and whether it was kept. */
export interface Verdict {
  readonly promise: string;
  readonly measured: string;
  readonly held: boolean;
}

/** Emulated seconds. */
export interface Promises {
  readonly moveSeconds: number;
  readonly returnSeconds: number;
}

/** The drill has succeeded when all are held. */
export function verdicts(
  measurement: Measurement,
  promises: Promises,
  { moves }: Pick<Scenario, 'moves'> = { moves: true },
): readonly Verdict[] {
  const { unexplained, unanswered, requests, elsewhere } = measurement;
  const { moveSeconds, returnSeconds } = promises;
  const unansweredText = `${unanswered.length} of ${requests} without an answer`;
  if (!moves) {
    return [
      { promise: 'no request without an answer', measured: unansweredText, held: unanswered.length === 0 },
      {
        promise: 'every answer by the primary region’s primary tier',
        measured: `${elsewhere} of ${requests} by another`,
        held: elsewhere === 0,
      },
    ];
  }
  return [
    within(
      'every client moved to the secondary',
      lastMove(measurement.movedAfterMs, measurement.lastAnswerExpiredAfterMs),
      moveSeconds,
    ),
    within(
      'every client returned after the recovery',
      lastMove(measurement.returnedAfterMs, measurement.returnAnswerExpiredAfterMs),
      returnSeconds,
    ),
    {
      promise: 'no request without an answer but those in flight or before the move',
      measured: `${unexplained} unexplained; ${unansweredText}`,
      held: unexplained === 0,
    },
  ];
}

/**
 * What requests without an answer may have to do with the drill itself, which asks as one caller.
 * @param rate requests in an emulated second
 * @param allowed those that a caller may send
 */
export function ownThrottling(
  { unanswered }: Pick<Measurement, 'unanswered'>,
  rate: number,
  allowed = Infinity,
): string | undefined {
  const throttled = unanswered.filter(({ error }) => error.startsWith('429 ')).length;
  if (throttled === 0) return undefined;
  const why =
    rate > allowed
      ? `The drill asks ${rate} times a second, and a caller may ask ${allowed} (callers.limits.rate): lower --rate.`
      : 'The drill asks less than that of a caller. Did this machine, or the emulator, stand still for seconds, so that ' +
        'requests came in a crowd? Run it when nothing else does. Else others ask by its key, or a limit has changed.';
  return `${throttled} were refused for too many at a time (429). ${why}`;
}

export const allHeld = (list: readonly Verdict[]): boolean => list.every(({ held }) => held);

export const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`);

/** The drill's requests come from one client, whose DNS answer may have been about to run out: others' had not. */
const lastMove = (observedMs: number | null, expiredMs: number | null): number | null =>
  observedMs === null ? null : Math.max(observedMs, expiredMs ?? 0);

function within(what: string, ms: number | null, limit: number): Verdict {
  return {
    promise: `${what} within ${limit} s`,
    measured: ms === null ? 'never' : seconds(ms),
    held: ms !== null && ms <= limit * 1_000,
  };
}
