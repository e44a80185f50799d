/** The start fails for a reason that is the user's to mend; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
