import { AwsError } from '../../platform/http/aws-error';

/**
 * An error of the layer in front of DynamoDB, which answers everything with 400, also what REST services
 * answer with 403.
 */
export const coralError = (name: string, message: string): AwsError =>
  new AwsError(400, `com.amazon.coral.service#${name}`, message);

/**
 * Runs a check that words its errors as REST services do, and words them as DynamoDB does.
 * @throws AwsError 400
 */
export function asDynamoDb<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof AwsError) throw coralError(error.type, error.message);
    throw error;
  }
}
