import { setMaxListeners } from 'node:events';
import type { RunClock } from './clock';

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
  setMaxListeners(0, requested, graceOver.signal);
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
