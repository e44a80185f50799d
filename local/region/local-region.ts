import { listenRestApi, type Listener } from '../apigateway/listener';
import { RestApi } from '../apigateway/rest-api';
import { CircuitAdmin } from '../circuits/circuit-admin';
import type { Clock } from '../clock/clock';
import { Metrics } from '../cloudwatch/metrics';
import type { Faults } from '../faults/faults';
import { createAuthorizer, type Authorizer } from '../iam/authorizer';
import type { LambdaService } from '../lambda/lambda-service';
import type { Stack } from '../terraform/stack';
import { text } from '../terraform/values';
import { Activity } from './activity';
import type { BedrockMode } from './bedrock-mode';
import { createFunctions } from './functions';
import { OPERATOR, RoleSessions } from './role-sessions';
import { closeServices, createServices, listenServices, type Services } from './services';
import { startSyncExecution } from './workflow';

export type Role = 'primary' | 'secondary';

export interface LocalRegionOptions {
  readonly role: Role;
  readonly stack: Stack;
  readonly bedrock: BedrockMode;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Takes each line that the region's functions and services log. */
  readonly onLog: (source: string, line: string) => void;
}

/** What an operator needs to reach the region's table of circuits. */
export interface CircuitTableAccess {
  readonly table: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof OPERATOR;
}

/** One region of the synthesized system, acted out on this machine. */
export class LocalRegion {
  readonly role: Role;
  readonly stack: Stack;
  readonly activity = new Activity();
  readonly services: Services;
  /** What the functions and the workflow have counted. */
  readonly metrics: Metrics;
  private readonly authorizer: Authorizer;
  private readonly sessions: RoleSessions;
  private running: { readonly lambda: LambdaService; readonly listener?: Listener } | undefined;
  private circuits: { readonly access: CircuitTableAccess; readonly admin: CircuitAdmin } | undefined;

  /** @throws UnsupportedError with the address of what the local run does not act out */
  constructor(private readonly options: LocalRegionOptions) {
    const { role, stack, bedrock, faults, clock } = options;
    this.role = role;
    this.stack = stack;
    this.metrics = new Metrics({ clock });
    this.authorizer = createAuthorizer(stack);
    this.sessions = new RoleSessions(this.authorizer);
    this.services = createServices({ role, stack, mode: bedrock, faults, sessions: this.sessions });
  }

  /**
   * Serves the region's API on a port of the loopback address.
   * @throws UnsupportedError, or an Error with `code` EADDRINUSE
   */
  async start(port: number): Promise<void> {
    const { stack, bedrock: mode, onLog } = this.options;
    const { authorizer, sessions, metrics } = this;
    const endpoints = await listenServices(this.services);
    this.circuits = this.reachCircuits(endpoints.AWS_ENDPOINT_URL_DYNAMODB);
    const logFunction = (functionName: string, line: string) => {
      this.activity.record(line);
      metrics.record(line);
      onLog(functionName, line);
    };
    const lambda = createFunctions({ stack, authorizer, sessions, mode, endpoints, onLog: logFunction });
    this.running = { lambda };
    const logWorkflow = (line: string) => {
      onLog('workflow', line);
    };
    const api = new RestApi({
      resources: stack.resources,
      actions: {
        'states:action/StartSyncExecution': startSyncExecution({
          stack,
          authorizer,
          lambda,
          metrics,
          onLog: logWorkflow,
        }),
      },
      log: (line) => {
        onLog('api', line);
      },
    });
    this.running = { lambda, listener: await listenRestApi(api, port) };
  }

  /** The circuits of the region's models; only while it runs. */
  circuitAdmin(): CircuitAdmin | undefined {
    return this.circuits?.admin;
  }

  circuitTableAccess(): CircuitTableAccess | undefined {
    return this.circuits?.access;
  }

  async close(): Promise<void> {
    await this.running?.listener?.close();
    await this.running?.lambda.close();
    this.circuits?.admin.close();
    await closeServices(this.services);
  }

  private reachCircuits(endpoint: string) {
    const { region } = this.stack;
    const access = {
      table: text(this.stack.one('aws_dynamodb_table'), 'name'),
      endpoint,
      region,
      credentials: OPERATOR,
    };
    return { access, admin: new CircuitAdmin(access.table, { endpoint, region, credentials: OPERATOR }) };
  }
}
