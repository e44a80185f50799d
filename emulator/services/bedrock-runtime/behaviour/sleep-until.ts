import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

/** Timers fire up to about this much before or after their time. */
const TIMER_MS = 1;

/**
 * Waits until `performance.now()` has reached a deadline, never less. The last millisecond or two are waited out turn
 * by turn, because a timer alone is 0.6 ms late (median) or, rounded down, up to 1.8 ms early. Measured on two cores
 * under other load, at 1 to 50 calls at once: 0.01 to 0.13 ms late (median), for a third of a core at 50; what is
 * later than that (p95: 0.3 to 4 ms) is the machine's doing.
 * @throws AbortError
 */
export async function sleepUntil(deadline: number, signal: AbortSignal): Promise<void> {
  for (let rest = left(deadline); rest > 0; rest = left(deadline)) {
    const timed = Math.floor(rest) - TIMER_MS;
    if (timed >= 1) await pause(timed, signal);
    else await nextTurn(undefined, { signal });
  }
}

/**
 * Waits like `sleepUntil`, up to about 2 ms longer and without work for the processor: for the many steps of a stream
 * between its first token and its end.
 * @throws AbortError
 */
export async function sleepPast(deadline: number, signal: AbortSignal): Promise<void> {
  for (let rest = left(deadline); rest > 0; rest = left(deadline)) await pause(Math.ceil(rest), signal);
}

const left = (deadline: number): number => deadline - performance.now();

/** setTimeout takes anything longer for 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal });
