import { CommandError } from './command-error';

/** What a shell expects of a process that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * Runs until it is done or Ctrl-C is pressed; a second Ctrl-C ends the process at once.
 * @param resume what goes on by itself, and how to come back to it
 * @throws CommandError with `resume` once interrupted
 */
export async function untilInterrupted<T>(
  resume: string,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const interrupt = () => {
    interruption.abort();
  };
  process.once('SIGINT', interrupt);
  try {
    return await act(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    throw new CommandError(`Interrupted. ${resume}`, INTERRUPTED, { cause: error });
  } finally {
    process.off('SIGINT', interrupt);
  }
}
