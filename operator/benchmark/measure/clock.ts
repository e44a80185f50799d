import { setMaxListeners } from 'node:events';

/** Time as the engine sees it. */
export interface RunClock {
  /** Monotonic milliseconds; their origin means nothing. */
  now(): number;
  /** Milliseconds since 1970, for the record alone. */
  epoch(): number;
  /** @returns cancels it */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: RunClock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after so many milliseconds, or as soon as the signal is aborted. */
export function pause(clock: RunClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}

/** How a run is stopped before its end. */
export interface Interruption {
  /** From now on no call begins. */
  readonly requested: AbortSignal;
  /** Calls under way have had their time, too. */
  readonly graceOver: AbortSignal;
  /** To be called when the run is over. */
  readonly dispose: () => void;
}

/** @param graceMs what calls under way have, from the signal's abort, to end by themselves */
export function interruptionBy(signal: AbortSignal, graceMs: number, clock: RunClock): Interruption {
  const requested = AbortSignal.any([signal]);
  const graceOver = new AbortController();
  // Every caller listens while it waits: as many as the concurrency, which is no leak.
  setMaxListeners(0, requested);
  let cancel = (): void => undefined;
  const onRequest = (): void => {
    cancel = clock.after(graceMs, () => {
      graceOver.abort();
    });
  };
  if (requested.aborted) onRequest();
  requested.addEventListener('abort', onRequest);
  return {
    requested,
    graceOver: graceOver.signal,
    dispose: () => {
      cancel();
      requested.removeEventListener('abort', onRequest);
    },
  };
}
