/** An error as an AWS service answers it; thrown anywhere in a handler, it becomes the HTTP response. */
export class AwsError extends Error {
  override readonly name: string = 'AwsError';

  /**
   * @param status HTTP status code
   * @param type exception name, sent as the protocol does: in `x-amzn-errortype` or `__type`
   * @param members further members of the exception's body, beside its message
   * @param headers further headers of the response, e.g. `retry-after`
   */
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly members: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/**
 * What a handler threw, as it is answered. Anything but an AwsError is a defect of the emulator, in its own words; those
 * of the file system name this machine's files, and stay out of the answer.
 * @param type of a defect, as the service names it
 */
export function asAwsError(error: unknown, type: string): AwsError {
  if (error instanceof AwsError) return error;
  const { message, code, path } = error as Partial<NodeJS.ErrnoException>;
  return new AwsError(500, type, (path === undefined ? message : code) ?? String(error));
}

/** 400 ValidationException, with the service's wording. */
export const validationError = (message: string): AwsError =>
  new AwsError(400, 'ValidationException', message);
