import { AwsError } from '../../platform/http/aws-error';

/** 400: the configuration itself is refused. */
export class BadRequestError extends AwsError {
  /**
   * @param reasons each names a place in the content and what is allowed there
   * @param members further members of the exception's body
   */
  constructor(
    message: string,
    readonly reasons: readonly string[] = [message],
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(400, 'BadRequestException', message, members);
  }
}

/** 409: another deployment is not complete yet, or somebody else was faster. */
export const conflict = (message: string): AwsError => new AwsError(409, 'ConflictException', message);

/** 413: the configuration is larger than the hosted store takes. */
export const payloadTooLarge = (bytes: number, limit: number): AwsError =>
  new AwsError(
    413,
    'PayloadTooLargeException',
    `The configuration of ${bytes} bytes is larger than the maximum of ${limit} bytes.`,
    { Measure: 'KILOBYTES', Limit: limit / 1024, Size: bytes / 1024 },
  );

/** 404, as the control plane words it; the data plane has members of its own. */
export const notFound = (resourceType: string, identifier: string | number): AwsError =>
  new AwsError(404, 'ResourceNotFoundException', `${resourceType} ${identifier} does not exist.`, {
    ResourceName: resourceType,
  });

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
