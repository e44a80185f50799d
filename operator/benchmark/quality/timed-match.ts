import { createContext, Script } from 'node:vm';

/** Flags of every pattern in a questions file. */
export const PATTERN_FLAGS = 'iu';

/** A sensible pattern matches an answer in microseconds; one that backtracks without end takes forever. */
const TIME_LIMIT_MS = 250;

/** A pattern that was still matching when its time was over. */
export class PatternTimeout extends Error {
  override readonly name = 'PatternTimeout';
  constructor() {
    super(`The pattern was still matching after ${TIME_LIMIT_MS} ms. Write it without nested repetition.`);
  }
}

// A context of its own, because only a script has a time limit; V8 interrupts a match that backtracks, too.
const sandbox = createContext(Object.create(null) as object);
const script = new Script('new RegExp(source, flags).test(text)');

/** @throws PatternTimeout; SyntaxError for what is no pattern */
export function matches(source: string, text: string, flags = PATTERN_FLAGS): boolean {
  Object.assign(sandbox, { source, flags, text });
  try {
    return script.runInContext(sandbox, { timeout: TIME_LIMIT_MS }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new PatternTimeout();
    throw error;
  }
}
