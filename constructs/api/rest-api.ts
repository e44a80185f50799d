import { ApiGatewayGatewayResponse } from '@cdktf/provider-aws/lib/api-gateway-gateway-response';
import { ApiGatewayMethodSettings } from '@cdktf/provider-aws/lib/api-gateway-method-settings';
import { ApiGatewayModel } from '@cdktf/provider-aws/lib/api-gateway-model';
import { ApiGatewayRequestValidator } from '@cdktf/provider-aws/lib/api-gateway-request-validator';
import { ApiGatewayResource } from '@cdktf/provider-aws/lib/api-gateway-resource';
import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import type { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { policy, trustPolicy } from '../iam';
import type { PartProps } from '../part-props';
import { createStage, literalArns } from './deployment';
import { ExecutionMethod } from './execution-method';
import { GATEWAY_ERRORS } from './gateway-responses';
import { MethodNotAllowed } from './method-not-allowed';
import { errorBody, healthRequestTemplate, questionRequestTemplate } from './templates';

export interface RestApiProps extends PartProps {
  readonly account: string;
  readonly stateMachine: SfnStateMachine;
}

/** People look at it; what Route 53 goes by has an API of its own. */
const HEALTH_THROTTLE = { requestsPerSecond: 20, burst: 40 };

/**
 * `POST /` and `GET /health`, each a synchronous execution of the state machine. It is a REST API, since an HTTP
 * API cannot map the response: a failed execution would reach the caller as 200.
 */
export class RestApi extends Construct {
  readonly stage: ApiGatewayStage;
  private readonly api: ApiGatewayRestApi;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestApiProps,
  ) {
    super(scope, id);
    const { config, provider } = props;
    this.api = new ApiGatewayRestApi(this, 'default', {
      provider,
      name: `${config.project}-api`,
      endpointConfiguration: { types: ['REGIONAL'] },
      // Callers and health checks use the custom domains: what they see is what failover moves.
      disableExecuteApiEndpoint: true,
    });
    this.createMethods();
    this.createGatewayResponses();
    this.stage = createStage(this, { provider, api: this.api, stageName: config.stage });
    this.createThrottles();
  }

  private createMethods(): void {
    const { provider, region, config } = this.props;
    const { stateMachineArn, roleArn } = literalArns(this.props);
    const restApiId = this.api.id;
    const health = new ApiGatewayResource(this, 'health', {
      provider,
      restApiId,
      parentId: this.api.rootResourceId,
      pathPart: 'health',
    });
    const credentials = roleArn(this.createRole());
    const execution = {
      provider,
      restApiId,
      region,
      credentials,
      retryAfterSeconds: config.retryAfterSeconds,
    };
    new ExecutionMethod(this, 'question', {
      ...execution,
      resourceId: this.api.rootResourceId,
      httpMethod: 'POST',
      requestTemplate: questionRequestTemplate(stateMachineArn),
      validation: this.createBodyValidation(),
    });
    new ExecutionMethod(this, 'check_health', {
      ...execution,
      resourceId: health.id,
      httpMethod: 'GET',
      requestTemplate: healthRequestTemplate(stateMachineArn, 'health'),
    });
    const others = { provider, restApiId };
    new MethodNotAllowed(this, 'other_methods', {
      ...others,
      resourceId: this.api.rootResourceId,
      allow: 'POST',
    });
    new MethodNotAllowed(this, 'other_health_methods', { ...others, resourceId: health.id, allow: 'GET' });
  }

  private createRole(): IamRole {
    const { provider, config, region, stateMachine } = this.props;
    const role = new IamRole(this, 'role', {
      provider,
      name: `${config.project}-api-${region}`,
      assumeRolePolicy: trustPolicy('apigateway.amazonaws.com'),
    });
    new IamRolePolicy(this, 'policy', {
      provider,
      name: 'permissions',
      role: role.name,
      policy: policy({ actions: ['states:StartSyncExecution'], resources: [stateMachine.arn] }),
    });
    return role;
  }

  /** What is no JSON object starts no execution; which field is at fault, the execution finds. */
  private createBodyValidation() {
    const { provider } = this.props;
    const model = new ApiGatewayModel(this, 'question_model', {
      provider,
      restApiId: this.api.id,
      name: 'Question',
      contentType: 'application/json',
      schema: JSON.stringify({ $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' }),
    });
    const validator = new ApiGatewayRequestValidator(this, 'body_validator', {
      provider,
      restApiId: this.api.id,
      name: 'body',
      validateRequestBody: true,
      validateRequestParameters: false,
    });
    return { model, validator };
  }

  private createGatewayResponses(): void {
    const { provider, config } = this.props;
    for (const { type, status, error, retryLater } of GATEWAY_ERRORS) {
      new ApiGatewayGatewayResponse(this, type.toLowerCase(), {
        provider,
        restApiId: this.api.id,
        responseType: type,
        responseTemplates: { 'application/json': errorBody(error) },
        ...(status === undefined ? {} : { statusCode: String(status) }),
        ...(retryLater
          ? { responseParameters: { 'gatewayresponse.header.Retry-After': `'${config.retryAfterSeconds}'` } }
          : {}),
      });
    }
  }

  private createThrottles(): void {
    const { provider, config } = this.props;
    const throttle = (id: string, methodPath: string, limit: typeof HEALTH_THROTTLE) =>
      new ApiGatewayMethodSettings(this, id, {
        provider,
        restApiId: this.api.id,
        stageName: this.stage.stageName,
        methodPath,
        settings: {
          throttlingRateLimit: limit.requestsPerSecond,
          throttlingBurstLimit: limit.burst,
          metricsEnabled: true,
        },
      });
    throttle('throttle', '*/*', config.throttle);
    throttle('health_throttle', 'health/GET', HEALTH_THROTTLE);
  }
}
