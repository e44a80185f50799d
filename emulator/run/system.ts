import type { FastifyInstance } from 'fastify';
import { ModelBehaviours, setFromFile } from '../services/bedrock-runtime/model-behaviours';
import { AcceleratedClock, type Clock } from './clock';
import { createControlServer } from '../control-api/control-server';
import { FailoverName } from './failover/failover-name';
import { regionalNames } from './failover/regional-names';
import { Faults } from '../platform/faults/faults';
import { LocalMlops } from './mlops/local-mlops';
import { PORTS } from '../control-api/ports';
import type { BedrockMode } from './region/bedrock-mode';
import { LocalRegion, type Role } from './region/local-region';
import { CachingResolver } from '../services/route53/caching-resolver';
import { Route53 } from '../services/route53/route53';
import { readStack } from '../stack/stack';

export interface LocalSystemOptions {
  /** What CDKTF synthesized into, `cdktf.out`: nothing about the system comes from anywhere else. */
  readonly outDir: string;
  readonly portBase: number;
  readonly bedrock: BedrockMode;
  /**
   * How much faster than the machine's own time health checks, alarms, schedules and times to live run.
   * @default 1
   */
  readonly speed?: number;
  /** Path of a JSON file that says how models behave; default: they answer at once. */
  readonly modelsFile?: string;
  readonly onLog: (role: Role, source: string, line: string) => void;
}

const ROLES = ['primary', 'secondary'] as const;
const NONE: ReadonlyMap<string, string> = new Map();

/** All stacks of the synthesized system: both regions, what fine-tuning needs, Route 53 above them, a caller of the failover name, and the control port. */
export class LocalSystem {
  readonly regions: readonly LocalRegion[];
  readonly mlops: LocalMlops;
  readonly route53: Route53;
  private readonly behaviours = new ModelBehaviours();
  private readonly resolver: CachingResolver;
  private readonly failover: FailoverName;
  private readonly control: FastifyInstance;

  private constructor(private readonly options: LocalSystemOptions) {
    const faults = new Faults();
    const clock = new AcceleratedClock(options.speed);
    if (options.modelsFile !== undefined) setFromFile(this.behaviours, options.modelsFile);
    this.mlops = new LocalMlops({ stack: readStack(options.outDir, 'mlops'), clock, faults });
    this.regions = ROLES.map((role) => this.createRegion(role, faults, clock));
    const { regions } = this;
    const names = regionalNames(regions, (role) => this.port(role));
    this.route53 = new Route53({
      stacks: regions.map(({ stack }) => stack),
      clock,
      alarms: new Map(regions.map(({ stack, alarms }) => [stack.region, alarms])),
      resolveEndpoint: names.resolveEndpoint,
      addressOf: names.addressOf,
      lost: (checker) =>
        checker === 0 && faults.match({ region: 'primary', target: 'checker' }) !== undefined,
    });
    this.resolver = new CachingResolver({ dnsServer: { host: '127.0.0.1', port: this.port('dns') }, clock });
    this.failover = new FailoverName({
      name: names.failoverName,
      resolver: this.resolver,
      targets: names.targets,
    });
    const { behaviours, failover, mlops, route53 } = this;
    this.control = createControlServer({
      regions,
      mlops,
      failover,
      route53,
      clock,
      faults,
      behaviours,
      bedrock: options.bedrock,
    });
  }

  /**
   * @throws UnsupportedError with the address of what the local run does not act out
   * @throws Error with `code` EADDRINUSE and `port` when a port is taken
   */
  static async start(options: LocalSystemOptions): Promise<LocalSystem> {
    const system = new LocalSystem(options);
    try {
      await system.listen();
    } catch (error) {
      await system.close();
      throw error;
    }
    return system;
  }

  async close(): Promise<void> {
    this.resolver.close();
    await Promise.all([this.failover.close(), this.control.close(), this.route53.close()]);
    await Promise.all([this.mlops.close(), ...this.regions.map((region) => region.close())]);
  }

  private async listen(): Promise<void> {
    await Promise.all([
      this.mlops.start(),
      ...this.regions.map((region) => region.start(this.port(region.role))),
    ]);
    await this.route53.listenDns(this.port('dns'));
    await this.failover.listen(this.port('failover'));
    await this.control.listen({ host: '127.0.0.1', port: this.port('control') });
    // A system at work has had its cold starts, which a check's time limit, compressed like all time, may not bear.
    await Promise.all(ROLES.map((role) => fetch(`http://127.0.0.1:${this.port(role)}/health`)));
    await this.route53.settle();
    this.route53.start();
  }

  private port(name: keyof typeof PORTS): number {
    return this.options.portBase + PORTS[name];
  }

  private createRegion(role: Role, faults: Faults, clock: Clock): LocalRegion {
    const { outDir, bedrock, onLog } = this.options;
    const { behaviours, mlops } = this;
    const stack = readStack(outDir, role);
    return new LocalRegion({
      role,
      stack,
      bedrock,
      faults,
      clock,
      behaviours,
      ownModels: () => (mlops.region === stack.region ? mlops.servedModels() : NONE),
      onLog: (source, line) => {
        onLog(role, source, line);
      },
    });
  }
}
