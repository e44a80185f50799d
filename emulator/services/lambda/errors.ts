/** An error of Lambda's Invoke API itself; the function did not run. */
export abstract class LambdaServiceError extends Error {
  /** HTTP status of the API. */
  abstract readonly statusCode: number;
}

/** The function, version or alias does not exist. */
export class ResourceNotFoundException extends LambdaServiceError {
  override readonly name = 'ResourceNotFoundException';
  readonly statusCode = 404;

  constructor(functionArn: string) {
    super(`Function not found: ${functionArn}`);
  }
}

/** Every instance that may run is busy. */
export class TooManyRequestsException extends LambdaServiceError {
  override readonly name = 'TooManyRequestsException';
  readonly statusCode = 429;

  constructor(
    readonly reason:
      'ConcurrentInvocationLimitExceeded' | 'ReservedFunctionConcurrentInvocationLimitExceeded',
  ) {
    super('Rate Exceeded.');
  }
}

/** Lambda itself fails. */
export class ServiceException extends LambdaServiceError {
  override readonly name = 'ServiceException';

  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The event is larger than a synchronous invocation takes. */
export class RequestTooLargeException extends LambdaServiceError {
  override readonly name = 'RequestTooLargeException';
  readonly statusCode = 413;

  constructor(bytes: number, limit: number) {
    super(
      `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${limit} bytes)`,
    );
  }
}
