import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { ModelBehaviours, setFromFile } from '../services/bedrock-runtime/model-behaviours';
import { AcceleratedClock, ahead, type Clock } from '../platform/clock';
import { createControlServer, type Page } from '../control-api/control-server';
import { AccountServices } from './account-services';
import { FailoverName, regionalNames, type RegionalNames } from './failover/failover-name';
import { Faults } from '../platform/faults/faults';
import type { LocalMlops } from './mlops/local-mlops';
import { PORTS } from '../control-api/ports';
import type { BedrockMode } from './region/bedrock-mode';
import type { LambdaSettings } from './region/functions';
import { LocalRegion } from './region/local-region';
import { readStacks, replicasIn, type Role, type Stacks } from './stacks';
import { Replication } from '../services/dynamodb/replication';
import { OtlpExporter, type OtlpTarget } from '../services/xray/otlp';
import type { AlarmSource } from '../services/route53/alarm-monitor';
import { CachingResolver } from '../services/route53/caching-resolver';
import { Route53 } from '../services/route53/route53';
import { Metrics } from '../services/cloudwatch/metrics';
import type { Stack } from '../stack/stack';
import { optionalText } from '../stack/values';

export interface LocalSystemOptions {
  /** What CDKTF synthesized into, `cdktf.out`: nothing about the system comes from anywhere else. */
  readonly outDir: string;
  readonly portBase: number;
  readonly bedrock: BedrockMode;
  /**
   * How much faster than the machine's own time health checks, alarms, schedules, polls and times to live run.
   * @default 1
   */
  readonly speed?: number;
  /** The day (UTC, `YYYY-MM-DD`) as which the models' lifecycle begins; @default today */
  readonly date?: string;
  /** Path of a JSON file that says how models behave; default: they answer at once. */
  readonly modelsFile?: string;
  /** @default - streaming functions are not told when nobody reads any more, and the account has AWS's own quota */
  readonly lambda?: LambdaSettings;
  /**
   * Health checkers of an endpoint. At a high speed of time, all of Route 53's keep a machine busy.
   * @default 16
   */
  readonly checkers?: number;
  /** Where traces go as OpenTelemetry's, too. @default nowhere */
  readonly otlp?: OtlpTarget | undefined;
  /** What the control port shows beside its own routes. @default nothing */
  readonly page?: Page;
  /** Told what the start is at. */
  readonly onProgress?: (what: string) => void;
  /** @param role of the region; absent where it is of none */
  readonly onLog: (role: Role | undefined, source: string, line: string) => void;
}

const ROLES = ['primary', 'secondary'] as const;

/** A start asks the health checks so often, in milliseconds, until each is healthy, and no longer than this. */
const SETTLE_POLL_MS = 250;
const SETTLE_LIMIT_MS = 10_000;

interface SystemParts {
  readonly stacks: Stacks;
  readonly mlops: LocalMlops | undefined;
  readonly clock: Clock;
  readonly modelsNow: () => number;
  readonly faults: Faults;
}

/**
 * The synthesized system: both regions, what fine-tuning needs, Route 53 above them, a caller of the failover name,
 * and the control port.
 */
export class LocalSystem {
  /** Those that are deployed now, the primary first. */
  readonly regions: LocalRegion[] = [];
  readonly mlops: LocalMlops | undefined;
  readonly replication: Replication;
  readonly route53: Route53;
  private readonly account: AccountServices;
  readonly failover: FailoverName;
  private readonly behaviours = new ModelBehaviours();
  private readonly resolver: CachingResolver;
  private readonly alarms = new Map<string, AlarmSource>();
  private globalTables: Stack | undefined;
  private names: RegionalNames;
  private readonly control: FastifyInstance;
  private readonly otlp: OtlpExporter | undefined;

  private constructor(
    private readonly options: LocalSystemOptions,
    private readonly parts: SystemParts,
  ) {
    const { stacks, mlops, clock, modelsNow, faults } = parts;
    if (options.modelsFile !== undefined) setFromFile(this.behaviours, options.modelsFile);
    this.otlp =
      options.otlp &&
      new OtlpExporter(options.otlp, (line) => {
        options.onLog(undefined, 'otlp', line);
      });
    this.mlops = mlops;
    this.globalTables = stacks.globalTables;
    this.replication = new Replication((region) => this.isCutOff(region));
    faults.onAdd(({ target, region, effect }) => {
      // Who is lost in the middle of an answer does not finish it.
      if (target !== 'region' || effect.kind !== 'reset') return;
      for (const each of this.regions) if ([each.role, 'both'].includes(region)) each.dropConnections();
    });
    for (const role of ROLES) {
      const stack = stacks[role];
      if (stack !== undefined) this.regions.push(this.createRegion(stack, role));
    }
    const { regions, alarms } = this;
    this.names = this.currentNames();
    const lostChecker = faults.interceptor('primary', 'checker');
    // Those of services without a region.
    const globalMetrics = new Metrics({ clock });
    this.route53 = new Route53({
      metrics: globalMetrics,
      stacks: regions.map(({ stack }) => stack),
      clock,
      alarms,
      resolveEndpoint: (fqdn) => this.names.resolveEndpoint(fqdn),
      addressOf: (name) => this.names.addressOf(name),
      // A fault takes one checker's network away, which is what the others are for.
      intercept: (checker) => (checker === 0 ? lostChecker() : undefined),
      ...(options.checkers === undefined ? {} : { checkers: options.checkers }),
    });
    const { route53 } = this;
    this.account = new AccountServices({ regions, route53, globalMetrics, faults });
    this.resolver = new CachingResolver({ dnsServer: { host: '127.0.0.1', port: this.port('dns') }, clock });
    this.failover = new FailoverName({ resolver: this.resolver, names: () => this.names });
    const { account, behaviours, failover, replication } = this;
    const deploy = (directory: string) => this.deploy(directory);
    this.control = createControlServer({
      regions,
      account,
      mlops,
      failover,
      route53,
      clock,
      modelsNow,
      faults,
      behaviours,
      replication,
      bedrock: options.bedrock,
      deploy,
      page: options.page,
    });
  }

  /**
   * @throws UnsupportedError with the address of what is not emulated
   * @throws Error with `code` EADDRINUSE and `port` when a port is taken
   */
  static async start(options: LocalSystemOptions): Promise<LocalSystem> {
    const stacks = readStacks(options.outDir);
    const clock = new AcceleratedClock(options.speed);
    const modelsNow = ahead(clock, options.date === undefined ? 0 : Date.parse(options.date) - clock.now());
    const faults = new Faults();
    const mlops = stacks.mlops && (await createMlops(stacks.mlops, clock, faults));
    const system = new LocalSystem(options, { stacks, mlops, clock, modelsNow, faults });
    try {
      await system.listen();
    } catch (error) {
      await system.close();
      throw error;
    }
    return system;
  }

  /**
   * Takes what is in a directory now into force, as the end of a deployment does: regions come, change and go, while
   * the others answer. What exists for fine-tuning stays as it began.
   * @throws UnsupportedError
   */
  async deploy(outDir: string): Promise<void> {
    const stacks = readStacks(outDir);
    this.globalTables = stacks.globalTables;
    const gone = this.regions.filter(({ role }) => stacks[role] === undefined);
    try {
      for (const role of ROLES) await this.deployRegion(role, stacks[role]);
    } finally {
      // What has become of a region is in force, whatever stops the next one.
      for (const region of gone) this.regions.splice(this.regions.indexOf(region), 1);
      this.names = this.currentNames();
      this.route53.declare(this.regions.map(({ stack }) => stack));
      await Promise.all(gone.map((region) => region.close()));
    }
  }

  async close(): Promise<void> {
    this.resolver.close();
    this.replication.close();
    const { account, failover, control, route53 } = this;
    await Promise.all([account, failover, control, route53].map((each) => each.close()));
    await Promise.all([this.mlops?.close(), ...this.regions.map((region) => region.close())]);
    await this.otlp?.close();
  }

  private async deployRegion(role: Role, stack: Stack | undefined): Promise<void> {
    if (stack === undefined) return;
    const region = this.regions.find((each) => each.role === role);
    if (region !== undefined) return region.deploy(stack);
    const added = this.createRegion(stack, role);
    try {
      await added.start(this.port(role));
    } catch (error) {
      await added.close();
      throw error;
    }
    this.regions.splice(role === 'primary' ? 0 : this.regions.length, 0, added);
  }

  private async listen(): Promise<void> {
    const { onProgress = () => undefined } = this.options;
    onProgress(`Starting ${this.regions.map(({ role }) => role).join(' and ')} …`);
    await allSettled([
      this.failover.listen(this.port('failover')),
      ...(this.mlops === undefined ? [] : [this.mlops.start()]),
      ...this.regions.map((region) => region.start(this.port(region.role))),
    ]);
    onProgress('Waiting for the health checks …');
    // A system at work has had its cold starts, which a check's time limit, compressed like all time, may not bear.
    await Promise.all(this.endpointUrls().map((url) => fetch(url)));
    await this.settle();
    this.route53.start();
    // From here on, answers of the DNS are believed for their time to live.
    await this.route53.listenDns(this.port('dns'));
    await this.account.listen(this.port('aws'));
    await this.control.listen({ host: '127.0.0.1', port: this.port('control') });
    this.failover.open();
  }

  /** As after a long time at work. One probe may fail by chance; what stays unhealthy is so for a reason. */
  private async settle(): Promise<void> {
    const end = performance.now() + SETTLE_LIMIT_MS;
    for (;;) {
      await this.route53.settle();
      const isHealthy = this.route53.status().every(({ healthy }) => healthy);
      if (isHealthy || performance.now() > end) return;
      await sleep(SETTLE_POLL_MS);
    }
  }

  private port(name: keyof typeof PORTS): number {
    return this.options.portBase + PORTS[name];
  }

  /** What the health checks ask. */
  private endpointUrls(): readonly string[] {
    const checks = this.regions.flatMap(({ stack }) => stack.of('aws_route53_health_check'));
    return checks.flatMap((check) => {
      const endpoint = this.names.resolveEndpoint(optionalText(check, 'fqdn') ?? '');
      const path = optionalText(check, 'resource_path') ?? '/';
      return endpoint === undefined ? [] : [`http://${endpoint.host}:${endpoint.port}${path}`];
    });
  }

  /** As the regions that are deployed now have them. */
  private currentNames(): RegionalNames {
    for (const { stack, alarms } of this.regions) this.alarms.set(stack.region, alarms);
    return regionalNames(this.regions, (role) => this.port(role));
  }

  /** A region that is down neither sends what was written there, nor takes anything. */
  private isCutOff(region: string): boolean {
    const role = this.regions.find(({ stack }) => stack.region === region)?.role;
    return role !== undefined && this.parts.faults.regionalInterceptor(role, 'replication')() !== undefined;
  }

  private createRegion(stack: Stack, role: Role): LocalRegion {
    const { bedrock, onLog, lambda = {} } = this.options;
    const { faults, clock, modelsNow } = this.parts;
    const { behaviours, mlops } = this;
    return new LocalRegion({
      role,
      stack,
      bedrock,
      faults,
      clock,
      modelsNow,
      behaviours,
      lambda,
      replicas: () => replicasIn(stack.region, this.globalTables),
      replication: this.replication,
      ownModels: mlops?.region === stack.region ? mlops.servedModels : undefined,
      onLog,
      onDocument:
        this.otlp &&
        ((...document) => {
          this.otlp?.add(...document);
        }),
    });
  }
}

/** What exists for fine-tuning alone is loaded where there is something to tune. */
async function createMlops(stack: Stack, clock: Clock, faults: Faults): Promise<LocalMlops> {
  const { LocalMlops } = await import('./mlops/local-mlops.ts');
  return new LocalMlops({ stack, clock, faults });
}

/** Waits for each of them, so that none comes to life after a failed start has been undone. */
async function allSettled(starts: readonly Promise<void>[]): Promise<void> {
  for (const start of await Promise.allSettled(starts)) {
    if (start.status === 'rejected') throw start.reason;
  }
}
