import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, describeError, isTransient } from '../command/errors';
import type { Target } from './target/target';

/** With a fast emulated clock a poll would otherwise be a busy loop. */
const MIN_INTERVAL_MS = 250;

export interface Poll<T> {
  readonly target: Pick<Target, 'speed'>;
  /** Milliseconds on the target's clock between two looks. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly read: () => Promise<T>;
  readonly isOver: (state: T) => boolean;
  /** Told each state, the last one included. */
  readonly onState?: (state: T) => void;
  /** Told of a failure that the next look may not meet. */
  readonly onTrouble: (description: string) => void;
  /** Milliseconds on the target's clock after which it is given up; default: never. */
  readonly giveUpAfterMs?: number;
}

/**
 * Looks again and again until what is waited for is over.
 * @throws whatever `read` throws that is not transient; CommandError when it took too long
 */
export async function poll<T>(options: Poll<T>): Promise<T> {
  const { target, intervalMs, signal, read, isOver, onState, onTrouble, giveUpAfterMs = Infinity } = options;
  for (let waited = 0; ; waited += intervalMs) {
    const state = await read().catch((error: unknown) => {
      if (!isTransient(error)) throw error;
      onTrouble(describeError(error));
      return undefined;
    });
    if (state !== undefined) {
      onState?.(state);
      if (isOver(state)) return state;
    }
    if (waited >= giveUpAfterMs) {
      throw new CommandError(
        `It is not over after ${Math.round(waited / 60_000)} minutes. Run the same command again to go on waiting.`,
      );
    }
    await delay(Math.max(MIN_INTERVAL_MS, intervalMs / target.speed), undefined, { signal });
  }
}
