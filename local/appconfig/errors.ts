import { AwsError } from '../aws-http/aws-error';

/** 400: the configuration itself is refused. */
export class BadRequestError extends AwsError {
  /** @param reasons each names a place in the content and what is allowed there */
  constructor(
    message: string,
    readonly reasons: readonly string[] = [message],
  ) {
    super(400, 'BadRequestException', message);
  }
}

/** 409: another deployment of this environment is not complete yet. */
export class ConflictError extends AwsError {
  constructor(message: string) {
    super(409, 'ConflictException', message);
  }
}

/** 413: the configuration is larger than the hosted store takes. */
export class PayloadTooLargeError extends AwsError {
  constructor(message: string) {
    super(413, 'PayloadTooLargeException', message);
  }
}

/** 400: a parameter of the data plane's is corrupted, expired or used too early. */
export function invalidParameter(
  message: string,
  parameter: string,
  problem: 'Corrupted' | 'Expired' | 'PollIntervalNotSatisfied',
): AwsError {
  return new AwsError(400, 'BadRequestException', message, {
    Reason: 'InvalidParameters',
    Details: { InvalidParameters: { [parameter]: { Problem: problem } } },
  });
}
