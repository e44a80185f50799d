import { createInterface } from 'node:readline/promises';
import { CommandError } from './errors';
import { EXIT } from './exit-codes';
import { note } from './output';

/** Ctrl-C, what a supervisor sends, and what a terminal sends that is closed. */
export const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs until it is done or Ctrl-C is pressed (or another signal asks for its end); a second one ends the process at
 * once.
 * @param resume what becomes of what was begun, and how to come back to it
 * @param announcement said as soon as Ctrl-C is pressed, where ending takes a while
 * @throws CommandError with `resume` once interrupted, unless `act` ends with a CommandError of its own
 */
export async function untilInterrupted<T>(
  resume: string,
  act: (signal: AbortSignal) => Promise<T>,
  announcement?: string,
): Promise<T> {
  const interruption = new AbortController();
  const interrupt = () => {
    forget();
    if (announcement !== undefined) note(announcement);
    interruption.abort();
  };
  const forget = () => {
    for (const signal of INTERRUPTS) process.off(signal, interrupt);
  };
  for (const signal of INTERRUPTS) process.on(signal, interrupt);
  try {
    return await act(interruption.signal);
  } catch (error) {
    // A prompt takes Ctrl-C for itself, and ends with an error of this name.
    const isInterrupted = interruption.signal.aborted || (error as Error).name === 'AbortError';
    if (!isInterrupted || error instanceof CommandError) throw error;
    throw new CommandError(`Interrupted. ${resume}`, EXIT.interrupted, { cause: error });
  } finally {
    forget();
  }
}

/** Asks on the terminal; only a plain `yes` is one. Without a terminal nobody has agreed. */
export async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(`${question} Type yes to go on: `, { signal })).trim() === 'yes';
  } finally {
    terminal.close();
  }
}

/**
 * @param yes of `--yes`
 * @param otherwise what was not done, e.g. `Nothing was changed.`
 * @param instead how it is agreed to without being asked
 * @throws CommandError unless the operator agrees
 */
export async function agree(
  question: string,
  yes: boolean,
  otherwise: string,
  instead = '--yes goes on without asking.',
): Promise<void> {
  if (yes || (await untilInterrupted(otherwise, (signal) => confirm(question, signal)))) return;
  throw new CommandError(`${otherwise} ${instead}`);
}
