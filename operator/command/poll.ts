import { setTimeout as delay } from 'node:timers/promises';
import { CommandError, describeError, isTransient, isUnanswered } from './errors';
import type { TargetName } from './target';
import { counted } from './words';

/** With a fast emulated clock a poll would otherwise be a busy loop. */
const MIN_INTERVAL_MS = 250;

interface PollTarget {
  readonly kind: TargetName;
  /** Emulated milliseconds in a real one; 1 on AWS. */
  readonly speed: number;
}

export interface Poll<T> {
  readonly target: PollTarget;
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
  /** Real milliseconds without any answer after which it is given up. */
  readonly unansweredMs?: number;
}

/** A local run that does not answer has ended; a way to AWS may be interrupted for a while. */
const UNANSWERED_MS = { local: 10_000, aws: 300_000 } as const;

/**
 * Looks again and again until what is waited for is over.
 * @throws whatever `read` throws that is not transient; CommandError when it took too long, or nothing answers
 */
export async function poll<T>(options: Poll<T>): Promise<T> {
  const { target, intervalMs, signal, read, isOver, onState, onTrouble, giveUpAfterMs = Infinity } = options;
  const { unansweredMs = UNANSWERED_MS[target.kind] } = options;
  let answered = performance.now();
  for (let waited = 0; ; waited += intervalMs) {
    const state = await read().catch((error: unknown) => {
      if (!isTransient(error)) throw error;
      if (!isUnanswered(error)) answered = performance.now();
      else if (performance.now() - answered >= unansweredMs) throw unanswered(target, unansweredMs, error);
      onTrouble(describeError(error));
      return undefined;
    });
    if (state !== undefined) {
      answered = performance.now();
      onState?.(state);
      if (isOver(state)) return state;
    }
    if (waited >= giveUpAfterMs) {
      throw new CommandError(
        `It is not over after ${counted(Math.round(waited / 60_000), 'minute')}. Run the same command again to go on waiting.`,
      );
    }
    await delay(Math.max(MIN_INTERVAL_MS, intervalMs / target.speed), undefined, { signal });
  }
}

function unanswered({ kind }: Pick<PollTarget, 'kind'>, ms: number, error: unknown): CommandError {
  const next =
    kind === 'local'
      ? 'The local run has ended, and what it held with it: start it again (npm start), and begin anew.'
      : 'What was begun on AWS goes on: run the same command again once AWS is reached.';
  return new CommandError(`${describeError(error)} Nothing has answered for ${ms / 1_000} s. ${next}`, 1, {
    cause: error,
  });
}
