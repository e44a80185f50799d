/** An error of the Amazon States Language: what `ErrorEquals` matches and what an execution fails with. */
export class StatesError extends Error {
  /**
   * @param name error name, e.g. `States.Timeout` or the `errorType` of a Lambda function
   * @param cause text for humans, or JSON text for the errors of a Lambda function
   */
  constructor(
    override readonly name: string,
    override readonly cause: string,
  ) {
    super(`${name}: ${cause}`);
  }
}

/** Wildcards do not match these; https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const TERMINAL_ERRORS = ['States.DataLimitExceeded', 'States.Runtime'];

/** Whether a retrier or catcher with these `ErrorEquals` takes an error. */
export function matchesError(errorEquals: readonly string[], name: string): boolean {
  // States.Runtime always fails the execution, even where it is named.
  if (name === 'States.Runtime') return false;
  if (errorEquals.includes(name)) return true;
  if (TERMINAL_ERRORS.includes(name)) return false;
  return (
    errorEquals.includes('States.ALL') ||
    (errorEquals.includes('States.TaskFailed') && name !== 'States.Timeout')
  );
}
