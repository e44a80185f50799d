import { ApiMappings } from '../../services/apigateway/api-mappings';
import { listenRestApi, type Listener } from '../../services/apigateway/http';
import type { RegionStatus } from '../../control-api/status';
import type { ModelBehaviours } from '../../services/bedrock-runtime/model-behaviours';
import type { Clock } from '../clock';
import { Alarms } from '../../services/cloudwatch/alarms';
import { Metrics } from '../../services/cloudwatch/metrics';
import type { Intercept } from '../../platform/faults/effects';
import { FOREIGN_PAGE, isFromForeignPage } from '../../platform/http/foreign-page';
import type { Faults } from '../../platform/faults/faults';
import type { FaultTarget } from '../../platform/faults/modes';
import { createAuthorizer, type Authorizer } from '../../platform/policy/authorizer';
import type { LambdaService } from '../../services/lambda/lambda-service';
import { Schedules } from '../../services/scheduler/schedules';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import type { BedrockMode } from './bedrock-mode';
import { createFunctions } from './functions';
import { dynamoDbAction } from './dynamodb-action';
import type { Role } from '../stacks';
import { RecentLogs } from './recent-logs';
import { RoleSessions } from './role-sessions';
import {
  closeServices,
  createServices,
  listenServices,
  serviceClients,
  type ServiceEndpoints,
  type Services,
} from './services';
import { createWorkflow } from './workflow';

export interface LocalRegionOptions {
  readonly role: Role;
  readonly stack: Stack;
  readonly bedrock: BedrockMode;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly behaviours: Pick<ModelBehaviours, 'next'>;
  /** The account's own models that this region serves: ARN to base model. */
  readonly ownModels: () => ReadonlyMap<string, string>;
  /** Takes each line that the region's functions and services log. */
  readonly onLog: (source: string, line: string) => void;
}

/** What works while the region runs. */
interface Running {
  readonly lambda: LambdaService;
  readonly schedules: Schedules;
  readonly listener: Listener;
  readonly clients: RegionStatus['clients'];
}

/** One region of the synthesized system, emulated on this machine. */
export class LocalRegion {
  readonly role: Role;
  readonly stack: Stack;
  readonly logs = new RecentLogs();
  readonly services: Services;
  /** What the functions and the workflow have counted, and what the alarms make of it. */
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  private readonly authorizer: Authorizer;
  private readonly sessions: RoleSessions;
  private running: Running | undefined;

  /** @throws UnsupportedError with the address of what is not emulated */
  constructor(private readonly options: LocalRegionOptions) {
    const { role, stack, bedrock, faults, clock, behaviours, ownModels } = options;
    this.role = role;
    this.stack = stack;
    this.metrics = new Metrics({ clock });
    this.alarms = new Alarms(stack.resources, { clock, metrics: this.metrics });
    this.authorizer = createAuthorizer(stack);
    this.sessions = new RoleSessions(this.authorizer);
    const { sessions } = this;
    this.services = createServices({
      role,
      stack,
      mode: bedrock,
      faults,
      sessions,
      behaviours,
      ownModels,
      onLog: (line) => {
        this.log('bedrock', line);
      },
    });
  }

  /**
   * Serves the region's API on a port of the loopback address.
   * @throws UnsupportedError, or an Error with `code` EADDRINUSE
   */
  async start(port: number): Promise<void> {
    const { role, stack, clock } = this.options;
    const { faults } = this.options;
    const region = faults.interceptor(role, 'region');
    const orRegion = (target: FaultTarget): Intercept => {
      const own = faults.interceptor(role, target);
      return () => region() ?? own();
    };
    const endpoints = await listenServices(this.services);
    const lambda = this.createFunctions(endpoints);
    const { authorizer, sessions, metrics } = this;
    const workflow = createWorkflow({
      stack,
      authorizer,
      lambda,
      metrics,
      intercept: orRegion('workflow'),
      onLog: (source, line) => {
        this.log(source, line);
      },
    });
    const api = new ApiMappings({
      resources: stack.resources,
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
        this.log('api', line);
      },
    });
    const { startExecution } = workflow;
    const schedules = new Schedules(stack.resources, { clock, authorizer, startExecution });
    const clients = serviceClients(endpoints, stack.region);
    try {
      const listener = await listenRestApi(this.refusingForeignPages(api), port, {
        intercept: orRegion('api'),
      });
      this.running = { lambda, schedules, listener, clients };
    } catch (error) {
      await lambda.close();
      throw error;
    }
    this.alarms.start();
    schedules.start();
  }

  /** By which an operator reaches the region's services. @throws Error while it does not run */
  clients(): RegionStatus['clients'] {
    if (this.running === undefined) throw new Error(`The region ${this.role} does not run.`);
    return this.running.clients;
  }

  async close(): Promise<void> {
    this.alarms.close();
    const { listener, schedules, lambda } = this.running ?? {};
    schedules?.close();
    await listener?.close();
    await lambda?.close();
    await closeServices(this.services);
  }

  private refusingForeignPages(api: Pick<ApiMappings, 'handle'>): Pick<ApiMappings, 'handle'> {
    const names = this.stack.of('aws_api_gateway_domain_name').map((domain) => text(domain, 'domain_name'));
    const refusal = { status: 403, headers: { 'content-type': 'application/json' } };
    return {
      handle: async (request) =>
        isFromForeignPage(request.headers, names)
          ? { ...refusal, body: JSON.stringify({ error: FOREIGN_PAGE }) }
          : api.handle(request),
    };
  }

  private log(source: string, line: string): void {
    this.logs.record(source, line);
    this.options.onLog(source, line);
  }

  private createFunctions(endpoints: ServiceEndpoints): LambdaService {
    const { role, stack, bedrock: mode, faults } = this.options;
    const { authorizer, sessions } = this;
    const record = (functionName: string, line: string) => {
      this.metrics.record(line);
      this.log(functionName, line);
    };
    const intercept = faults.interceptor(role, 'lambda');
    return createFunctions({ stack, authorizer, sessions, mode, endpoints, onLog: record, intercept });
  }
}
