import type { Clock } from '../../platform/clock';
import type { Faults } from '../../platform/faults/faults';
import { foreignPageRefusal } from '../../platform/http/server';
import { type Authorizer, createAuthorizer, RoleSessions } from '../../platform/policy/authorizer';
import {
  type ApiRequest,
  type ApiResponse,
  type Listener,
  listenRestApi,
} from '../../services/apigateway/http';
import type { ModelBehaviours } from '../../services/bedrock-runtime/model-behaviours';
import { Alarms } from '../../services/cloudwatch/alarms';
import { type Dashboard, readDashboards } from '../../services/cloudwatch/dashboards';
import { Metrics } from '../../services/cloudwatch/metrics';
import type { Replication } from '../../services/dynamodb/replication';
import { Schedules } from '../../services/scheduler/schedules';
import type { SegmentDocument } from '../../services/xray/segment';
import type { Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import type { Role } from '../stacks';
import type { BedrockMode } from './bedrock-mode';
import { Deployment } from './deployment';
import type { LambdaSettings } from './functions';
import {
  closeServices,
  createServices,
  listenServices,
  serviceClients,
  type ServiceEndpoints,
  type Services,
} from './services';

interface LocalRegionOptions {
  readonly role: Role;
  readonly stack: Stack;
  readonly bedrock: BedrockMode;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly modelsNow: () => number;
  readonly behaviours: Pick<ModelBehaviours, 'next'>;
  /** Its replicas of global tables, which its stack does not know. */
  readonly replicas: () => readonly Resource[];
  readonly replication: Replication;
  /** The account's own models that this region serves now: ARN to base model. Undefined: it has none. */
  readonly ownModels: ReadonlyMap<string, string> | undefined;
  readonly lambda: LambdaSettings;
  /** Takes each line that the region's functions and services log. */
  readonly onLog: (role: Role, source: string, line: string) => void;
  /** Takes each document of a trace, and the service that it is of. */
  readonly onDocument?: ((document: SegmentDocument, service: string, region: string) => void) | undefined;
}

/** What works while the region runs, whatever is deployed. */
interface Running {
  readonly endpoints: ServiceEndpoints;
  readonly schedules: Schedules;
  readonly listener: Listener;
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
  dashboards: readonly Dashboard[];
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
  private deployed: Deployment | undefined;
  /** What was deployed before, as long as requests are under way there. */
  private readonly retiring = new Set<Deployment>();

  /** @throws UnsupportedError with the address of what is not emulated */
  constructor(private readonly options: LocalRegionOptions) {
    const { role, stack, bedrock, faults, clock, modelsNow, behaviours, ownModels, replication } = options;
    this.role = role;
    this.declared = stack;
    this.dashboards = readDashboards(stack.resources);
    this.metrics = new Metrics({ clock });
    this.alarms = new Alarms(stack.resources, { clock, metrics: this.metrics });
    this.permissions = createAuthorizer(stack);
    this.sessions = new RoleSessions(this.authorizer);
    const { sessions } = this;
    this.services = createServices({
      role,
      stack,
      deployed: { of: (type) => this.stack.of(type) },
      tables: this.tables(stack),
      replication,
      mode: bedrock,
      faults,
      clock,
      modelsNow,
      monitoring: { alarms: this.alarms, authorizer: this.authorizer },
      sessions,
      behaviours,
      ownModels,
      onDocument: (document, service) => {
        options.onDocument?.(document, service, stack.region);
      },
      onLog: (source, line) => {
        this.log(source, line);
      },
    });
  }

  /** What is deployed now. */
  get stack(): Stack {
    return this.declared;
  }

  /**
   * Serves the region's API on a port of the loopback address. After a failure, it is to be closed.
   * @throws UnsupportedError, or an Error with `code` EADDRINUSE
   */
  async start(port: number): Promise<void> {
    const { role, clock, faults } = this.options;
    const { authorizer } = this;
    const endpoints = await listenServices(this.services);
    this.deployed = this.create(this.stack, endpoints);
    const schedules = new Schedules(this.stack.resources, {
      clock,
      authorizer,
      startExecution: (execution) => this.current().startExecution(execution),
    });
    const api = { handle: (request: ApiRequest) => this.handle(request) };
    const intercept = faults.regionalInterceptor(role, 'api');
    const listener = await listenRestApi(api, port, { intercept });
    this.running = { endpoints, schedules, listener };
    this.alarms.start();
    schedules.start();
  }

  /**
   * Takes another version of the stack into force: new requests are answered by it, those under way as they began.
   * Tables keep their items, AppConfig its versions, metrics and alarms what they know, and functions of which nothing
   * has changed, as on AWS, their instances.
   * @throws UnsupportedError for what is not emulated; all is then as it was
   */
  async deploy(stack: Stack): Promise<void> {
    const { running } = this;
    if (running === undefined) throw new Error(`The region ${this.role} does not run.`);
    const permissions = createAuthorizer(stack);
    const next = this.create(stack, running.endpoints);
    try {
      // Of this machine, cold starts under traffic would ask more than of AWS.
      await next.warm();
      await this.declare(stack, permissions, running);
    } catch (error) {
      await next.close();
      throw error;
    }
    const before = this.current();
    this.deployed = next;
    this.retiring.add(before);
    void before.ended().then(async () => {
      if (this.retiring.delete(before)) await before.close();
    });
  }

  /** The tables are the last: what a deployment deletes does not come back where the rest is refused. */
  private async declare(stack: Stack, permissions: Authorizer, { schedules }: Running): Promise<void> {
    const { appConfig, dynamoDb, guardrails, xray } = this.services;
    const before = { stack: this.declared, permissions: this.permissions, dashboards: this.dashboards };
    const dashboards = readDashboards(stack.resources);
    const take = (of: typeof before) => {
      this.declared = of.stack;
      this.permissions = of.permissions;
      this.dashboards = of.dashboards;
      guardrails.declare(of.stack.resources);
      appConfig.declare(of.stack.resources);
      this.alarms.declare(of.stack.resources);
      xray.declare(of.stack.resources);
      schedules.declare(of.stack.resources);
    };
    try {
      take({ stack, permissions, dashboards });
      await dynamoDb.declare(this.tables(stack));
    } catch (error) {
      take(before);
      throw error;
    }
  }

  /** By which an operator reaches the region's services. @throws Error while it does not run */
  clients(): ReturnType<typeof serviceClients> {
    if (this.running === undefined) throw new Error(`The region ${this.role} does not run.`);
    return serviceClients(this.running.endpoints, this.stack.region);
  }

  /** Callers hear no more of what is under way. */
  dropConnections(): void {
    this.running?.listener.drop();
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

  private tables(stack: Stack): readonly Resource[] {
    return [...stack.of('aws_dynamodb_table'), ...this.options.replicas()];
  }

  private current(): Deployment {
    if (this.deployed === undefined) throw new Error(`The region ${this.role} does not run.`);
    return this.deployed;
  }

  private create(stack: Stack, endpoints: ServiceEndpoints): Deployment {
    const { role, bedrock, faults, clock, lambda } = this.options;
    const { authorizer, sessions, metrics } = this;
    const log = (source: string, line: string) => {
      this.log(source, line);
    };
    return new Deployment({
      stack,
      before: this.deployed,
      role,
      bedrock,
      faults,
      clock,
      authorizer,
      sessions,
      metrics,
      endpoints,
      lambda,
      xray: this.services.xray,
      log,
    });
  }

  private async handle(request: ApiRequest): Promise<ApiResponse> {
    const deployed = this.current();
    const refusal = foreignPageRefusal(request.headers, deployed.domains);
    if (refusal === undefined) return deployed.handle(request);
    return { status: 403, headers: { 'content-type': 'application/json' }, body: JSON.stringify(refusal) };
  }

  private log(source: string, line: string): void {
    this.logs.record(source, line);
    this.options.onLog(this.role, source, line);
  }
}

/** Lines that are kept: at a kilobyte each, a megabyte or two. */
const MAX_LINES = 1_000;

/** One line that a function or a service of the region has logged. */
export interface LogLine {
  /** Counts the region's lines, from 1. */
  readonly sequence: number;
  /** A function's name, or the service that wrote it. */
  readonly source: string;
  readonly line: string;
}

/** The latest lines of a region, as an operator would read them in CloudWatch Logs. */
class RecentLogs {
  private readonly lines: LogLine[] = [];
  private count = 0;

  record(source: string, line: string): void {
    this.lines.push({ sequence: (this.count += 1), source, line });
    // Not at each line: that would move them all.
    if (this.lines.length >= 2 * MAX_LINES) this.lines.splice(0, MAX_LINES);
  }

  /**
   * @param most so many of the latest
   * @returns the lines after this number, the oldest first; those that are gone are missing
   */
  since(sequence: number, most = MAX_LINES): readonly LogLine[] {
    const first = this.lines[0]?.sequence ?? 1;
    return this.lines.slice(Math.max(0, sequence + 1 - first)).slice(-Math.min(most, MAX_LINES));
  }
}
