import { ApiMappings } from '../../services/apigateway/api-mappings';
import {
  listenRestApi,
  type ApiRequest,
  type ApiResponse,
  type Listener,
} from '../../services/apigateway/http';
import type { RegionStatus } from '../../control-api/status';
import type { ModelBehaviours } from '../../services/bedrock-runtime/model-behaviours';
import type { Clock } from '../clock';
import { Alarms } from '../../services/cloudwatch/alarms';
import { Metrics } from '../../services/cloudwatch/metrics';
import { FOREIGN_PAGE, isFromForeignPage } from '../../platform/http/foreign-page';
import type { Faults } from '../../platform/faults/faults';
import { createAuthorizer, type Authorizer } from '../../platform/policy/authorizer';
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
import { createWorkflow, type Workflow } from './workflow';

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

/** What works while the region runs, whatever is deployed. */
interface Running {
  readonly endpoints: ServiceEndpoints;
  readonly schedules: Schedules;
  readonly listener: Listener;
}

/** What answers requests as one deployment has it. */
interface Deployed {
  handle(request: ApiRequest): Promise<ApiResponse>;
  readonly startExecution: Workflow['startExecution'];
  /** Initializes an instance of each function. */
  warm(): Promise<void>;
  /** Waits for what is under way. */
  ended(): Promise<void>;
  close(): Promise<void>;
}

/** One region of the synthesized system, emulated on this machine. */
export class LocalRegion {
  readonly role: Role;
  private declared: Stack;
  readonly logs = new RecentLogs();
  readonly services: Services;
  /** What the functions and the workflow have counted, and what the alarms make of it. */
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  private permissions: Authorizer;
  /** By the policies that are deployed at the time. */
  private readonly authorizer: Authorizer = {
    authorize: (...call) => {
      this.permissions.authorize(...call);
    },
    assumable: (...call) => this.permissions.assumable(...call),
  };
  private readonly sessions: RoleSessions;
  private running: Running | undefined;
  private deployed: Deployed | undefined;
  /** What was deployed before, as long as requests are under way there. */
  private readonly retiring = new Set<Deployed>();

  /** @throws UnsupportedError with the address of what is not emulated */
  constructor(private readonly options: LocalRegionOptions) {
    const { role, stack, bedrock, faults, clock, behaviours, ownModels } = options;
    this.role = role;
    this.declared = stack;
    this.metrics = new Metrics({ clock });
    this.alarms = new Alarms(stack.resources, { clock, metrics: this.metrics });
    this.permissions = createAuthorizer(stack);
    this.sessions = new RoleSessions(this.authorizer);
    const { sessions } = this;
    this.services = createServices({
      role,
      stack,
      mode: bedrock,
      faults,
      speed: clock.speed,
      sessions,
      behaviours,
      ownModels,
      onLog: (line) => {
        this.log('bedrock', line);
      },
    });
  }

  /** What is deployed now. */
  get stack(): Stack {
    return this.declared;
  }

  /**
   * Serves the region's API on a port of the loopback address.
   * @throws UnsupportedError, or an Error with `code` EADDRINUSE
   */
  async start(port: number): Promise<void> {
    const { role, clock, faults } = this.options;
    const { authorizer } = this;
    const endpoints = await listenServices(this.services);
    const deployed = (this.deployed = this.create(this.stack, endpoints));
    const schedules = new Schedules(this.stack.resources, {
      clock,
      authorizer,
      startExecution: (execution) => this.current().startExecution(execution),
    });
    try {
      const api = { handle: (request: ApiRequest) => this.current().handle(request) };
      const listener = await listenRestApi(this.refusingForeignPages(api), port, {
        intercept: faults.regionalInterceptor(role, 'api'),
      });
      this.running = { endpoints, schedules, listener };
    } catch (error) {
      await deployed.close();
      throw error;
    }
    this.alarms.start();
    schedules.start();
  }

  /**
   * Takes another version of the stack into force: new requests are answered by it, those under way as they began.
   * Tables keep their items, AppConfig its versions, metrics and alarms what they know.
   * @throws UnsupportedError for what is not emulated; all is then as it was
   */
  async deploy(stack: Stack): Promise<void> {
    const { running } = this;
    if (running === undefined) throw new Error(`The region ${this.role} does not run.`);
    const permissions = createAuthorizer(stack);
    const before = this.current();
    const next = this.create(stack, running.endpoints);
    try {
      // Of this machine, all cold starts at once would ask more than of AWS.
      await next.warm();
      await this.declare(stack, permissions, running);
    } catch (error) {
      await next.close();
      throw error;
    }
    this.deployed = next;
    this.retiring.add(before);
    void before.ended().then(async () => {
      if (this.retiring.delete(before)) await before.close();
    });
  }

  /** The tables are the last: what a deployment deletes does not come back where the rest is refused. */
  private async declare(stack: Stack, permissions: Authorizer, { schedules }: Running): Promise<void> {
    const { appConfig, dynamoDb } = this.services;
    const before = { stack: this.declared, permissions: this.permissions };
    const take = (of: typeof before) => {
      this.declared = of.stack;
      this.permissions = of.permissions;
      appConfig.declare(of.stack.resources);
      this.alarms.declare(of.stack.resources);
      schedules.declare(of.stack.resources);
    };
    try {
      take({ stack, permissions });
      await dynamoDb.declare(stack.of('aws_dynamodb_table'));
    } catch (error) {
      take(before);
      throw error;
    }
  }

  /** By which an operator reaches the region's services. @throws Error while it does not run */
  clients(): RegionStatus['clients'] {
    if (this.running === undefined) throw new Error(`The region ${this.role} does not run.`);
    return serviceClients(this.running.endpoints, this.stack.region);
  }

  async close(): Promise<void> {
    this.alarms.close();
    const { listener, schedules } = this.running ?? {};
    schedules?.close();
    await listener?.close();
    const retiring = [...this.retiring];
    this.retiring.clear();
    await Promise.all([this.deployed, ...retiring].map(async (deployed) => deployed?.close()));
    await closeServices(this.services);
  }

  private current(): Deployed {
    if (this.deployed === undefined) throw new Error(`The region ${this.role} does not run.`);
    return this.deployed;
  }

  private create(stack: Stack, endpoints: ServiceEndpoints): Deployed {
    const { role, bedrock: mode, faults, clock } = this.options;
    const { authorizer, sessions, metrics } = this;
    const lambda = createFunctions({
      stack,
      authorizer,
      sessions,
      mode,
      endpoints,
      intercept: faults.regionalInterceptor(role, 'lambda'),
      onLog: (functionName, line) => {
        metrics.record(line);
        this.log(functionName, line);
      },
    });
    const workflow = createWorkflow({
      stack,
      authorizer,
      lambda,
      metrics,
      intercept: faults.regionalInterceptor(role, 'workflow'),
      onLog: (source, line) => {
        this.log(source, line);
      },
    });
    const api = new ApiMappings({
      resources: stack.resources,
      authorize: async ({ credentials, functionArn, event }) => {
        authorizer.authorize(credentials, 'lambda:InvokeFunction', functionArn);
        const { functionError, payload } = await lambda.invoke(functionArn, event);
        if (functionError === undefined) return { payload };
        return { errorMessage: (payload as { errorMessage: string }).errorMessage };
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
        this.log('api', line);
      },
    });
    const underWay = new Set<Promise<ApiResponse>>();
    return {
      handle: (request) => {
        const answer = api.handle(request).finally(() => underWay.delete(answer));
        underWay.add(answer);
        return answer;
      },
      startExecution: workflow.startExecution,
      ended: async () => {
        await Promise.allSettled(underWay);
        await workflow.ended();
      },
      warm: async () => {
        const names = stack.of('aws_lambda_function').map((fn) => text(fn, 'function_name'));
        await Promise.allSettled(names.map((name) => lambda.warm(name)));
      },
      close: () => lambda.close(),
    };
  }

  private refusingForeignPages(api: Pick<ApiMappings, 'handle'>): Pick<ApiMappings, 'handle'> {
    const names = () =>
      this.stack.of('aws_api_gateway_domain_name').map((domain) => text(domain, 'domain_name'));
    const refusal = { status: 403, headers: { 'content-type': 'application/json' } };
    return {
      handle: async (request) =>
        isFromForeignPage(request.headers, names())
          ? { ...refusal, body: JSON.stringify({ error: FOREIGN_PAGE }) }
          : api.handle(request),
    };
  }

  private log(source: string, line: string): void {
    this.logs.record(source, line);
    this.options.onLog(source, line);
  }
}
