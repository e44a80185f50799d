import type { ServiceAction } from '../../services/apigateway/http';
import type { RoleSessions } from '../../platform/policy/authorizer';

export interface DynamoDbActionOptions {
  readonly operation: 'GetItem';
  readonly endpoint: string;
  readonly region: string;
  readonly sessions: RoleSessions;
}

/** `dynamodb:action/<operation>` as API Gateway calls it, signed by the integration's role. */
export function dynamoDbAction({
  operation,
  endpoint,
  region,
  sessions,
}: DynamoDbActionOptions): ServiceAction {
  return async ({ credentials, body, signal }) => {
    const { AWS_ACCESS_KEY_ID: accessKeyId } = sessions.issue(credentials);
    const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const scope = `${accessKeyId}/${date}/${region}/dynamodb/aws4_request`;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `DynamoDB_20120810.${operation}`,
        // Services of this run read who signed; there is no secret to sign or verify with.
        Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      },
      body,
      signal,
    });
    return { status: response.status, body: await response.text() };
  };
}
