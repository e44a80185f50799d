import { ApiGatewayRestApi } from '@cdktf/provider-aws/lib/api-gateway-rest-api';
import type { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import type { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias';
import type { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { openApiDocument } from '../../contract/openapi';
import { callersFault, knownCallers } from '../config/callers-config';
import { createRole } from '../iam';
import { refuse } from '../refuse';
import type { PartProps } from '../part-props';
import type { AssistantFunction } from '../functions/assistant-function';
import { createAccessLogs } from './access-logs';
import { callerScheme, REQUIRED_API_KEY } from './caller-scheme';
import { createMethodSettings, createStage, literalArns } from './deployment';
import { executionIntegration } from './execution-integration';
import { createCallersFirewall } from './firewall';
import { streamingIntegration } from './streaming-integration';
import { createLiveAlias } from './live-alias';
import { gatewayResponses } from './gateway-responses';
import { importedBody, importedOperation, importedSchemas } from './imported-body';
import { methodNotAllowed } from './method-not-allowed';
import { healthRequestTemplate, questionRequestTemplate } from './templates';
import { UsagePlans } from './usage-plans';

export interface RestApiProps extends PartProps {
  readonly stateMachine: SfnStateMachine;
  /** Who says who asks; nobody where anybody may. */
  readonly authorizer: AssistantFunction | undefined;
  /** What streams. */
  readonly chat: AssistantFunction;
}

/** People look at it; what Route 53 goes by has an API of its own. */
const HEALTH_THROTTLE = { requestsPerSecond: 20, burst: 40 };

/**
 * `POST /` and `GET /health`, each a synchronous execution of the state machine, and what the chat function streams. It
 * is a REST API, since an HTTP API cannot map the response: a failed execution would reach the caller as 200.
 */
export class RestApi extends Construct {
  readonly stage: ApiGatewayStage;
  readonly name: string;
  private readonly api: ApiGatewayRestApi;
  private readonly aliases: readonly LambdaAlias[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestApiProps,
  ) {
    super(scope, id);
    const { config, provider } = props;
    this.name = `${config.project}-api`;
    const { name } = this;
    const called = [props.chat, ...(props.authorizer ? [props.authorizer] : [])];
    this.aliases = called.map((each) => createLiveAlias(each, provider));
    this.api = new ApiGatewayRestApi(this, 'default', {
      provider,
      name,
      body: this.createBody(name),
      endpointConfiguration: { types: ['REGIONAL'] },
      // Callers and health checks use the custom domains: what they see is what failover moves.
      disableExecuteApiEndpoint: true,
      ...(props.authorizer && { apiKeySource: 'AUTHORIZER' }),
      lifecycle: refuse(callersFault(config.callers)),
    });
    this.stage = createStage(this, {
      provider,
      api: this.api,
      stageName: config.stage,
      isTraced: config.tracing,
      logging: createAccessLogs(this, props),
      // An authorizer of an earlier deployment would say nothing by which a usage plan knows a caller.
      dependsOn: this.aliases,
    });
    new UsagePlans(this, 'usage_plans', { ...props, stage: this.stage });
    createCallersFirewall(this, 'firewall', { ...props, stage: this.stage });
    this.createThrottles();
  }

  /** The contract's view for API Gateway, with what stands behind each operation. */
  private createBody(name: string): string {
    const { region, config, authorizer } = this.props;
    const { retryAfterSeconds, callers } = config;
    // Where nobody says who asks, all callers together are one.
    const tokensPerDay = authorizer
      ? '$context.authorizer.tokensPerDay'
      : String(callers.limits?.tokensPerDay ?? '');
    const { stateMachineArn, roleArn, functionArn } = literalArns(this.props);
    const { paths } = openApiDocument(config);
    const credentials = roleArn(this.createRole());
    const execution = (requestTemplate: string) => ({
      'x-amazon-apigateway-integration': executionIntegration({
        region,
        credentials,
        requestTemplate,
        retryAfterSeconds,
      }),
    });
    const ofCallers = authorizer && { security: [{ caller: [] }, { api_key: [] }] };
    const streamed = {
      'x-amazon-apigateway-integration': streamingIntegration({
        region,
        credentials,
        functionArn: functionArn(this.props.chat.function),
        timeoutSeconds: this.props.chat.timeoutSeconds,
      }),
    };
    return importedBody(name, {
      paths: {
        '/': {
          post: importedOperation(paths['/'].post, {
            'x-amazon-apigateway-request-validator': 'body',
            ...ofCallers,
            ...execution(questionRequestTemplate(stateMachineArn, tokensPerDay)),
          }),
          'x-amazon-apigateway-any-method': methodNotAllowed('POST'),
        },
        '/stream': {
          post: importedOperation(paths['/stream'].post, {
            'x-amazon-apigateway-request-validator': 'body',
            ...ofCallers,
            ...streamed,
          }),
          'x-amazon-apigateway-any-method': methodNotAllowed('POST'),
        },
        '/conversations/{id}': {
          delete: importedOperation(paths['/conversations/{id}'].delete, { ...ofCallers, ...streamed }),
          'x-amazon-apigateway-any-method': methodNotAllowed('DELETE'),
        },
        // Not validated: what is wrong with a body, the function says in the protocol's own shape.
        '/v1/chat/completions': {
          post: importedOperation(paths['/v1/chat/completions'].post, { ...ofCallers, ...streamed }),
          'x-amazon-apigateway-any-method': methodNotAllowed('POST'),
        },
        '/v1/models': {
          get: importedOperation(paths['/v1/models'].get, { ...ofCallers, ...streamed }),
          'x-amazon-apigateway-any-method': methodNotAllowed('GET'),
        },
        '/v1/models/{model}': {
          get: importedOperation(paths['/v1/models/{model}'].get, { ...ofCallers, ...streamed }),
          'x-amazon-apigateway-any-method': methodNotAllowed('GET'),
        },
        '/health': {
          get: importedOperation(
            paths['/health'].get,
            execution(healthRequestTemplate(stateMachineArn, 'health')),
          ),
          'x-amazon-apigateway-any-method': methodNotAllowed('GET'),
        },
      },
      components: {
        schemas: importedSchemas,
        ...(authorizer && {
          securitySchemes: {
            caller: callerScheme({
              region,
              credentials,
              functionArn: functionArn(authorizer.function),
              cache: callers.cache,
            }),
            api_key: REQUIRED_API_KEY,
          },
        }),
      },
      'x-amazon-apigateway-request-validators': {
        body: { validateRequestBody: true, validateRequestParameters: false },
      },
      'x-amazon-apigateway-gateway-responses': gatewayResponses(
        retryAfterSeconds,
        knownCallers(callers, config.project),
      ),
    });
  }

  private createRole(): IamRole {
    const { config, region, stateMachine } = this.props;
    return createRole(this, this.props, {
      name: `${config.project}-api-${region}`,
      service: 'apigateway.amazonaws.com',
      statements: [
        { actions: ['states:StartSyncExecution'], resources: [stateMachine.arn] },
        // InvokeWithResponseStream wants the same action: its page in Lambda's API reference says so.
        { actions: ['lambda:InvokeFunction'], resources: this.aliases.map(({ arn }) => arn) },
      ],
    }).role;
  }

  private createThrottles(): void {
    const { provider, config } = this.props;
    const throttle = (id: string, methodPath: string, limit: typeof HEALTH_THROTTLE) => {
      createMethodSettings(this, id, {
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
    };
    throttle('throttle', '*/*', config.throttle);
    throttle('health_throttle', 'health/GET', HEALTH_THROTTLE);
  }
}
