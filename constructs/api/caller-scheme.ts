import type { CredentialHeader } from '../../contract/callers';

export interface CallerSchemeProps {
  readonly region: string;
  /** ARN of the role by which API Gateway asks the authorizer. */
  readonly credentials: string;
  readonly functionArn: string;
  readonly cache: { readonly header: CredentialHeader; readonly seconds: number } | undefined;
}

/**
 * API Gateway asks the authorizer each time, unless it is to remember: then it wants headers to remember by that every
 * request has, and answers 401 by itself where one is missing.
 */
export const callerScheme = ({ region, credentials, functionArn, cache }: CallerSchemeProps): object => ({
  type: 'apiKey',
  name: cache?.header ?? 'x-api-key',
  in: 'header',
  'x-amazon-apigateway-authtype': 'custom',
  'x-amazon-apigateway-authorizer': {
    type: 'request',
    ...(cache && { identitySource: `method.request.header.${cache.header}` }),
    authorizerUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    authorizerCredentials: credentials,
    authorizerResultTtlInSeconds: cache?.seconds ?? 0,
  },
});
