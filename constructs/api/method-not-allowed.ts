import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration';
import { ApiGatewayIntegrationResponse } from '@cdktf/provider-aws/lib/api-gateway-integration-response';
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method';
import { ApiGatewayMethodResponse } from '@cdktf/provider-aws/lib/api-gateway-method-response';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import { errorBody } from './templates';

export interface MethodNotAllowedProps {
  readonly provider: AwsProvider;
  readonly restApiId: string;
  readonly resourceId: string;
  /** The method that the path has. */
  readonly allow: string;
}

/** A mock looks for a template by the caller's content type, and these are what clients send by themselves. */
const CONTENT_TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
];

const ALLOW_HEADER = 'method.response.header.Allow';

/** 405 for every method that a path does not have; API Gateway itself would say 403. */
export class MethodNotAllowed extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { provider, restApiId, resourceId, allow }: MethodNotAllowedProps,
  ) {
    super(scope, id);
    const method = new ApiGatewayMethod(this, 'default', {
      provider,
      restApiId,
      resourceId,
      httpMethod: 'ANY',
      authorization: 'NONE',
    });
    const common = { provider, restApiId, resourceId, httpMethod: method.httpMethod };
    const integration = new ApiGatewayIntegration(this, 'integration', {
      ...common,
      type: 'MOCK',
      passthroughBehavior: 'NEVER',
      requestTemplates: Object.fromEntries(CONTENT_TYPES.map((type) => [type, '{"statusCode": 405}'])),
    });
    const response = new ApiGatewayMethodResponse(this, 'response', {
      ...common,
      statusCode: '405',
      responseParameters: { [ALLOW_HEADER]: true },
    });
    new ApiGatewayIntegrationResponse(this, 'not_allowed', {
      ...common,
      statusCode: response.statusCode,
      responseParameters: { [ALLOW_HEADER]: `'${allow}'` },
      responseTemplates: {
        'application/json': errorBody({
          code: 'method_not_allowed',
          message: `This path takes ${allow} only.`,
        }),
      },
      dependsOn: [integration],
    });
  }
}
