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

/** 400 ValidationException, with the service's wording. */
export const validationError = (message: string): AwsError =>
  new AwsError(400, 'ValidationException', message);
