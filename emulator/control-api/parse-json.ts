import { AwsError } from '../platform/http/aws-error';

/** @throws AwsError 400 with this code where the body is not JSON */
export function parseJson(body: unknown, code: string): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    throw new AwsError(400, code, 'The body must be JSON.');
  }
}
