/** What is read of an error of the AWS SDK or of Node's sockets. */
interface ServiceError {
  readonly name: string;
  readonly message: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
const THROTTLES = new Set(['SlowDown', 'Throttling', 'ThrottlingException', 'TooManyRequestsException']);
const DISCONNECTIONS = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const isServiceError = (error: unknown): error is ServiceError => error instanceof Error;

/** Whether an AWS service answered with this exception, e.g. `ResourceNotFoundException`. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

export const isNotFound = (error: unknown): boolean =>
  isNamed(error, 'ResourceNotFoundException', 'ResourceNotFound', 'NoSuchEntityException', 'NotFound') ||
  isNamed(error, 'NoSuchKey', 'NoSuchBucket');

/** Whether the same call may go well a little later: throttled, timed out, disconnected, or the service's own fault. */
export function isTransient(error: unknown): boolean {
  if (!isServiceError(error)) return false;
  return (
    THROTTLES.has(error.name) ||
    error.name === 'TimeoutError' ||
    isDisconnection(error) ||
    (error.$metadata?.httpStatusCode ?? 0) >= 500
  );
}

const isDisconnection = ({ code }: ServiceError): boolean =>
  typeof code === 'string' && DISCONNECTIONS.has(code);

/** The error in a line or two, with what to do where that is known. */
export function describeError(error: unknown): string {
  if (!isServiceError(error)) return String(error);
  const { name, message } = error;
  if (CREDENTIALS.has(name)) {
    return `The AWS credentials were refused (${name}: ${message}). Renew them, e.g. with \`aws sso login\`, and run the command again.`;
  }
  if (name.startsWith('AccessDenied')) {
    return `${name}: ${message}. Give your own user or role this permission, and run the command again.`;
  }
  if (isTransient(error)) {
    const what =
      message === '' ? (typeof error.code === 'string' ? error.code : name) : `${name}: ${message}`;
    return `The service did not answer (${what}). Nothing is lost: run the command again.`;
  }
  return error.$metadata === undefined ? message : `${name}: ${message}`;
}
