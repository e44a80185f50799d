import type { CredentialHeader } from '../../contract/callers';

export interface CallerSchemeProps {
  readonly region: string;
  /** ARN of the role by which API Gateway asks the authorizer. */
  readonly credentials: string;
  readonly functionArn: string;
  readonly cache: { readonly header: CredentialHeader; readonly seconds: number } | undefined;
}

/**
 * By this name, and no other, the import knows that a method asks usage plans. Where the key comes from, `apiKeySource`
 * says; that two requirements in a list are both required is as API Gateway exports them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-usage-plan-oas.html
 */
export const REQUIRED_API_KEY = { type: 'apiKey', name: 'x-api-key', in: 'header' };

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
