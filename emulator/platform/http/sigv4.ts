import { AwsError } from './aws-error';

/** What a Signature Version 4 `Authorization` header says of its signer. */
export interface CredentialScope {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  /** signing name, e.g. `bedrock` */
  readonly service: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}$/;

/** Reads the header; undefined when it is not a complete Signature Version 4 header. */
export function parseCredentialScope(authorization: string): CredentialScope | undefined {
  const [, accessKeyId, date, region, service] = AUTHORIZATION.exec(authorization) ?? [];
  if (!accessKeyId || !date || !region || !service) return undefined;
  return { accessKeyId, date, region, service };
}

/**
 * Checks that a request is signed for this service in this region, and says by whom.
 * The signature itself is not verified: there is no secret to verify it with.
 * @throws AwsError 403, as AWS words a missing, incomplete or misdirected signature
 */
export function requireScope(
  authorization: string | undefined,
  expected: { readonly region: string; readonly service: string },
): CredentialScope {
  if (authorization === undefined) {
    throw new AwsError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const scope = parseCredentialScope(authorization);
  if (!scope) {
    throw new AwsError(
      403,
      'IncompleteSignatureException',
      'Authorization header must be a complete AWS4-HMAC-SHA256 signature with Credential, SignedHeaders and Signature.',
    );
  }
  if (scope.region !== expected.region) {
    throw new AwsError(403, 'InvalidSignatureException', 'Credential should be scoped to a valid region. ');
  }
  if (scope.service !== expected.service) {
    throw new AwsError(
      403,
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${expected.service}'. `,
    );
  }
  return scope;
}

/**
 * Runs a permission check and words its refusal as AWS does.
 * A refusal is an error named `AccessDenied...`; whatever else the check throws is its own defect.
 * @throws AwsError 403 AccessDeniedException
 */
export function requirePermission(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('AccessDenied')) {
      throw new AwsError(403, 'AccessDeniedException', error.message);
    }
    throw error;
  }
}
