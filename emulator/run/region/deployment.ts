import { once } from 'node:events';
import type { Clock } from '../../platform/clock';
import type { Faults } from '../../platform/faults/faults';
import type { Authorizer, RoleSessions } from '../../platform/policy/authorizer';
import type { ApiRequest, ApiResponse, ServiceAction } from '../../services/apigateway/http';
import { ApiMappings } from '../../services/apigateway/rest-api';
import type { Metrics } from '../../services/cloudwatch/metrics';
import type { LambdaService } from '../../services/lambda/lambda-service';
import { createWorkflow, type Workflow } from '../../services/states/workflow';
import type { XRay } from '../../services/xray/xray';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import type { Role } from '../stacks';
import type { BedrockMode } from './bedrock-mode';
import { createFunctions, type LambdaSettings } from './functions';
import type { ServiceEndpoints } from './services';

/** What is deployed, and what a region has, whatever that is. */
interface DeploymentOptions {
  readonly stack: Stack;
  /** What is deployed until now: functions of which nothing has changed keep their instances. */
  readonly before: Deployment | undefined;
  readonly role: Role;
  readonly bedrock: BedrockMode;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly authorizer: Authorizer;
  readonly sessions: RoleSessions;
  readonly metrics: Metrics;
  readonly endpoints: ServiceEndpoints;
  readonly lambda: LambdaSettings;
  readonly xray: Pick<XRay, 'begin'>;
  readonly log: (source: string, line: string) => void;
}

/** What answers requests by one version of the stack: gateway, functions and state machines. */
export class Deployment {
  readonly startExecution: Workflow['startExecution'];
  /** The names of its own, beside the loopback address's, as which its API may be asked. */
  readonly domains: readonly string[];
  private readonly lambda: LambdaService;
  private readonly workflow: Workflow;
  private readonly api: ApiMappings;
  private readonly underWay = new Set<Promise<void>>();
  private readonly stack: Stack;
  private readonly options: Omit<DeploymentOptions, 'stack' | 'before'>;

  /** @throws UnsupportedError with the address of what is not emulated; nothing is left of it then */
  constructor({ stack, before, ...options }: DeploymentOptions) {
    this.stack = stack;
    this.options = options;
    this.lambda = this.createFunctions(before?.lambda);
    try {
      this.workflow = this.createWorkflow();
      this.api = this.createApi();
      this.domains = stack.of('aws_api_gateway_domain_name').map((domain) => text(domain, 'domain_name'));
    } catch (error) {
      void this.lambda.close();
      throw error;
    }
    this.startExecution = this.workflow.startExecution;
  }

  handle(request: ApiRequest): Promise<ApiResponse> {
    const answer = this.api.handle(request);
    const ended = answer.then(streamEnded).finally(() => this.underWay.delete(ended));
    this.underWay.add(ended);
    return answer;
  }

  /** Initializes an instance of each function, one after the other: at once, they would keep callers waiting. */
  async warm(): Promise<void> {
    for (const fn of this.stack.of('aws_lambda_function')) await this.lambda.warm(text(fn, 'function_name'));
  }

  /** Waits for what is under way. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await this.workflow.ended();
  }

  close(): Promise<void> {
    return this.lambda.close();
  }

  private createFunctions(before: LambdaService | undefined): LambdaService {
    const { role, bedrock: mode, faults, authorizer, sessions, metrics, endpoints, log, xray } = this.options;
    return createFunctions({
      xray,
      lambda: this.options.lambda,
      stack: this.stack,
      authorizer,
      sessions,
      mode,
      endpoints,
      intercept: faults.regionalInterceptor(role, 'lambda'),
      onLog: (functionName, line) => {
        metrics.record(line);
        log(functionName, line);
      },
      onMetric: (FunctionName, name) => {
        metrics.publish({ namespace: 'AWS/Lambda', name, dimensions: { FunctionName }, value: 1 });
      },
      before,
    });
  }

  private createWorkflow(): Workflow {
    const { role, faults, authorizer, metrics, log: onLog, xray } = this.options;
    const { stack, lambda } = this;
    const intercept = faults.regionalInterceptor(role, 'workflow');
    return createWorkflow({ stack, authorizer, lambda, metrics, intercept, onLog, xray });
  }

  private createApi(): ApiMappings {
    const { authorizer, clock, endpoints, sessions, metrics, log, xray } = this.options;
    const { stack, lambda, workflow } = this;
    return new ApiMappings({
      resources: stack.resources,
      xray,
      authorize: async ({ credentials, functionArn, event, trace }) => {
        authorizer.authorize(credentials, 'lambda:InvokeFunction', functionArn);
        const { functionError, payload } = await lambda.invoke(functionArn, event, undefined, trace);
        if (functionError === undefined) return { payload };
        return { errorMessage: (payload as { errorMessage: string }).errorMessage };
      },
      invokeStreaming: ({ credentials, functionArn, event, trace }) => {
        authorizer.authorize(credentials, 'lambda:InvokeFunction', functionArn);
        return lambda.invokeWithResponseStream(functionArn, event, trace);
      },
      onRequest: (ApiName, status) => {
        // Of errors, the average is their share of all requests:
        // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
        const counts = { Count: true, '4XXError': status >= 400 && status < 500, '5XXError': status >= 500 };
        for (const [name, is] of Object.entries(counts))
          metrics.publish({ namespace: 'AWS/ApiGateway', name, dimensions: { ApiName }, value: Number(is) });
      },
      // Its throttles count emulated seconds, as the health checkers that ask do.
      now: () => clock.now(),
      actions: {
        'states:action/StartSyncExecution': workflow.startSyncExecution,
        'dynamodb:action/GetItem': dynamoDbAction({
          operation: 'GetItem',
          endpoint: endpoints.AWS_ENDPOINT_URL_DYNAMODB,
          region: stack.region,
          sessions,
        }),
      },
      log: (line) => {
        log('api', line);
      },
    });
  }
}

async function streamEnded({ stream }: ApiResponse): Promise<void> {
  if (stream !== undefined && !stream.closed) await once(stream, 'close').catch(() => undefined);
}

interface DynamoDbActionOptions {
  readonly operation: 'GetItem';
  readonly endpoint: string;
  readonly region: string;
  readonly sessions: RoleSessions;
}

/** `dynamodb:action/<operation>` as API Gateway calls it, signed by the integration's role. */
function dynamoDbAction({ operation, endpoint, region, sessions }: DynamoDbActionOptions): ServiceAction {
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
