import { EXIT } from './exit-codes';

/** Ends a command: its message says what was wrong and what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  /** @param exitCode of the process; never 0 */
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Of a region, or a part of it, that is not there. */
export class NotDeployedError extends CommandError {}

/** What is read of an error of the AWS SDK or of Node's sockets. */
interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

interface Failure {
  /** Names of the AWS SDK's errors, or codes of Node's sockets. */
  readonly of: readonly string[];
  readonly meaning: string;
  readonly advice: string;
  /** Whether the same call may go well a little later. */
  readonly isTransient?: true;
  /** Whether AWS would refuse every other call as well. */
  readonly isOfAll?: true;
}

/** What happened, and what to do. */
const FAILURES: readonly Failure[] = [
  {
    of: ['CredentialsProviderError', 'TokenProviderError'],
    isOfAll: true,
    meaning: 'No AWS credentials were found',
    advice: 'Sign in, e.g. with `aws sso login`, or name a profile by AWS_PROFILE.',
  },
  {
    of: [
      ...['ExpiredToken', 'ExpiredTokenException', 'IncompleteSignature', 'InvalidClientTokenId'],
      ...['InvalidSignatureException', 'SignatureDoesNotMatch', 'UnrecognizedClientException'],
    ],
    isOfAll: true,
    meaning: 'The AWS credentials were refused',
    advice: 'Renew them, e.g. with `aws sso login`, and run the command again.',
  },
  {
    of: ['AccessDenied', 'AccessDeniedException'],
    meaning: 'Your user or role may not do this',
    advice: 'Give it this permission, and run the command again.',
  },
  {
    of: ['NoSuchBucket'],
    meaning: 'There is no such bucket',
    advice: 'Deploy the mlops stack first (npx cdktf deploy mlops), or correct S3_BUCKET_NAME.',
  },
  {
    of: ['PermanentRedirect', 'AuthorizationHeaderMalformed'],
    meaning: 'The bucket is in another region than the mlops stack',
    advice: 'Correct S3_BUCKET_NAME or regions.mlops.',
  },
  {
    of: ['BadDigest', 'XAmzContentChecksumMismatch'],
    meaning: 'The file has changed since it was checked',
    advice: 'Run the command again.',
  },
  {
    of: ['ResourceNotFoundException', 'ResourceNotFound', 'NoSuchEntityException', 'NotFound', 'NoSuchKey'],
    meaning: 'AWS knows no such thing there',
    advice:
      'Check ASSISTANT_ENVIRONMENT, project and regions in cdktf.json, and that the stack is deployed (npx cdktf deploy).',
  },
  {
    of: ['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'],
    meaning: 'The service asks for patience',
    advice: 'Nothing is lost: run the command again.',
    isTransient: true,
  },
  {
    of: [
      ...['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT', 'TimeoutError'],
      // Of Node's fetch: the other side has hung up.
      'UND_ERR_SOCKET',
    ],
    meaning: 'The service did not answer',
    advice: 'Nothing is lost: run the command again.',
    isTransient: true,
  },
];

const isDenied = (failure: Failure): boolean => failure.of.includes('AccessDenied');

const SERVICE_FAULT: Omit<Failure, 'of'> = {
  meaning: 'The service failed',
  advice: 'Nothing is lost: run the command again.',
  isTransient: true,
};

function failureOf({ name, code, $metadata }: ServiceError): Omit<Failure, 'of'> | undefined {
  const known = FAILURES.find(
    ({ of }) => of.includes(name) || (typeof code === 'string' && of.includes(code)),
  );
  if (known) return known;
  // A refused HEAD request has no body that would name its error.
  if ($metadata?.httpStatusCode === 403) return FAILURES.find(isDenied);
  return ($metadata?.httpStatusCode ?? 0) >= 500 ? SERVICE_FAULT : undefined;
}

/** Whether an AWS service answered with this exception, e.g. `ResourceNotFoundException`. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

export const isNotFound = (error: unknown): boolean =>
  isNamed(error, 'ResourceNotFoundException', 'ResourceNotFound', 'NoSuchEntityException', 'NotFound') ||
  isNamed(error, 'NoSuchKey', 'NoSuchBucket');

/** Whether the same call may go well a little later: throttled, timed out, disconnected, or the service's own fault. */
export const isTransient = (error: unknown): boolean =>
  error instanceof Error && failureOf(error)?.isTransient === true;

/** Whether nothing has answered at all: no service, or none that was reached. */
export const isUnanswered = (error: unknown): boolean =>
  isTransient(error) && (error as ServiceError).$metadata?.httpStatusCode === undefined;

/** Whether AWS refused the call, with a reason or without one. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error && (error as Error & ServiceError).$metadata?.httpStatusCode === 403;

/** Whether AWS knows nobody who calls, so that every other call ends as this one. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof Error && (failureOf(error)?.isOfAll === true || isSignedOut(error.cause));

/** Of what `describeError` says, all but to run a command again: for where it is done again by itself. */
export const withoutRerun = (description: string): string =>
  description
    .replace(', and run the command again.', '.')
    .replace(' Nothing is lost: run the command again.', '');

/** The error in a line or two, with what to do where that is known. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, code, $metadata } = error as ServiceError;
  const failure = failureOf(error);
  // Errors of sockets are told by their code alone, and may come without a message.
  const said = message === '' ? (typeof code === 'string' ? code : name) : `${name}: ${message}`;
  if (failure) return `${failure.meaning} (${said}). ${failure.advice}`;
  return $metadata === undefined ? message : said;
}
