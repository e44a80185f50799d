import { StatesError } from './states-error';

/**
 * Runs a task for so long at the most. Late results and errors count for nothing: the outcome is settled
 * before the task hears of its abort.
 *
 * @param seconds absent: no limit of the task's own
 * @param outer ends the task, too
 * @throws StatesError `States.Timeout`, or what the task throws
 */
export async function withTimeout<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
  seconds: number | undefined,
  outer: AbortSignal,
): Promise<Result> {
  const inner = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(outer.reason as Error);
      inner.abort(outer.reason);
    };
    outer.addEventListener('abort', onAbort, { once: true });
    if (seconds === undefined) return;
    timer = setTimeout(() => {
      const timeout = new StatesError('States.Timeout', '');
      reject(timeout);
      inner.abort(timeout);
    }, seconds * 1000);
  });
  try {
    outer.throwIfAborted();
    return await Promise.race([run(inner.signal), interrupted]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', onAbort);
  }
}
