/** Ends a command: its message says what was wrong and what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  /** @param exitCode of the process; never 0 */
  constructor(
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
