import { ApiGatewayIntegration } from '@cdktf/provider-aws/lib/api-gateway-integration';
import { ApiGatewayIntegrationResponse } from '@cdktf/provider-aws/lib/api-gateway-integration-response';
import { ApiGatewayMethod } from '@cdktf/provider-aws/lib/api-gateway-method';
import { ApiGatewayMethodResponse } from '@cdktf/provider-aws/lib/api-gateway-method-response';
import type { ApiGatewayModel } from '@cdktf/provider-aws/lib/api-gateway-model';
import type { ApiGatewayRequestValidator } from '@cdktf/provider-aws/lib/api-gateway-request-validator';
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { Construct } from 'constructs';
import { errorBody, executionResponseTemplate } from './templates';

export interface ExecutionMethodProps {
  readonly provider: AwsProvider;
  readonly restApiId: string;
  readonly resourceId: string;
  readonly httpMethod: 'GET' | 'POST';
  readonly region: string;
  /** ARN of the role by which API Gateway starts the execution. */
  readonly credentials: string;
  readonly requestTemplate: string;
  readonly retryAfterSeconds: number;
  /** @default - the body is not looked at */
  readonly validation?: { readonly model: ApiGatewayModel; readonly validator: ApiGatewayRequestValidator };
}

/** API Gateway's longest; everything inside has ended before. */
const INTEGRATION_TIMEOUT_MS = 29_000;

/** A method that runs the state machine and sends what its output says. */
export class ExecutionMethod extends Construct {
  constructor(scope: Construct, id: string, props: ExecutionMethodProps) {
    super(scope, id);
    const { provider, restApiId, resourceId, httpMethod, region, validation } = props;
    const method = new ApiGatewayMethod(this, 'default', {
      provider,
      restApiId,
      resourceId,
      httpMethod,
      authorization: 'NONE',
      ...(validation && {
        requestModels: { 'application/json': validation.model.name },
        requestValidatorId: validation.validator.id,
      }),
    });
    const integration = new ApiGatewayIntegration(this, 'integration', {
      provider,
      restApiId,
      resourceId,
      httpMethod: method.httpMethod,
      type: 'AWS',
      integrationHttpMethod: 'POST',
      uri: `arn:aws:apigateway:${region}:states:action/StartSyncExecution`,
      credentials: props.credentials,
      passthroughBehavior: 'NEVER',
      requestTemplates: { 'application/json': props.requestTemplate },
      timeoutMilliseconds: INTEGRATION_TIMEOUT_MS,
    });

    const common = { provider, restApiId, resourceId, httpMethod: method.httpMethod };
    const ok = new ApiGatewayMethodResponse(this, 'ok', { ...common, statusCode: '200' });
    new ApiGatewayIntegrationResponse(this, 'execution_ended', {
      ...common,
      statusCode: ok.statusCode,
      responseTemplates: { 'application/json': executionResponseTemplate(props.retryAfterSeconds) },
      dependsOn: [integration],
    });

    const retryAfter = 'method.response.header.Retry-After';
    const unavailable = new ApiGatewayMethodResponse(this, 'unavailable', {
      ...common,
      statusCode: '503',
      responseParameters: { [retryAfter]: true },
    });
    new ApiGatewayIntegrationResponse(this, 'execution_refused', {
      ...common,
      statusCode: unavailable.statusCode,
      // StartSyncExecution's own errors: throttled, denied, or out of order.
      selectionPattern: '[45]\\d{2}',
      responseParameters: { [retryAfter]: `'${props.retryAfterSeconds}'` },
      responseTemplates: {
        'application/json': errorBody({
          code: 'service_unavailable',
          message: 'The assistant is not available. Try again later.',
        }),
      },
      dependsOn: [integration],
    });
  }
}
