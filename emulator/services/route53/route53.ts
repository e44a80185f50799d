import type { Packet } from 'dns-packet';
import { type Resource, UnsupportedError } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { MINUTE_MS, type Metrics } from '../cloudwatch/metrics';
import { text } from '../../stack/values';
import {
  type AddressRecord,
  addressRecords,
  type AddressRecords,
  normalName,
  select,
} from './address-records';
import { type Address, dnsReply, secondsAt, Zone } from './dns-reply';
import { DnsServer, type Endpoint } from './dns-server';
import { HealthChecks, type HealthChecksOptions, type HealthCheckStatus } from './health-checks';

/** An alias to API Gateway answers with its target's time to live. Source: Route 53 guide, "Values specific for simple alias records". */
const ALIAS_TTL_SECONDS = 60;

/** Changes that are remembered. */
const MAX_HISTORY = 1_000;

interface ResolvedRecord extends Address {
  /** undefined for a record that stands alone. */
  readonly setIdentifier: string | undefined;
}

/** A health check, or the record that a name is answered with, has changed; `at` is emulated time. */
export type Change =
  | ({ readonly kind: 'health'; readonly at: number } & Pick<
      HealthCheckStatus,
      'id' | 'name' | 'healthy' | 'reason'
    >)
  | { readonly kind: 'answer'; readonly at: number; readonly name: string; readonly setIdentifier: string };

export interface Route53Options extends Omit<HealthChecksOptions, 'onChange'> {
  /** Both regions': Route 53 is global. */
  readonly stacks: readonly Pick<Stack, 'of'>[];
  /** The loopback address that emulates an API Gateway regional name; undefined for one that this run lacks. */
  readonly addressOf: (regionalDomainName: string) => string | undefined;
  readonly onChange?: (change: Change) => void;
  /** Takes what CloudWatch has of the health checks, in us-east-1 alone. */
  readonly metrics?: Pick<Metrics, 'publish'>;
}

/** The account's Route 53: health checks and the hosted zone's answers. */
export class Route53 {
  private readonly checks: HealthChecks;
  /** Of the resources, all that there are; of these, those with answers. */
  private declared: readonly Resource[] = [];
  private records: ReadonlyMap<string, AddressRecords> = new Map();
  private zone = new Zone(new Set(), new Set());
  private readonly chosen = new Map<string, AddressRecord>();
  private readonly changes: Change[] = [];
  private readonly servers: DnsServer[] = [];
  private stopMetrics: (() => void) | undefined;

  /** @throws UnsupportedError for what Route 53 refuses or the local run does not emulate */
  constructor(private readonly options: Route53Options) {
    this.checks = new HealthChecks([], {
      ...options,
      onChange: (status) => {
        this.healthChanged(status);
      },
    });
    this.declare(options.stacks);
  }

  /** Takes the checks and records of these stacks for all that there are. @throws UnsupportedError */
  declare(stacks: Route53Options['stacks']): void {
    const of = (type: string) => stacks.flatMap((stack) => stack.of(type));
    this.checks.declare(of('aws_route53_health_check'));
    const declared = of('aws_route53_record');
    const records = addressRecords(declared, of('aws_api_gateway_domain_name'));
    for (const record of [...records.values()].flat()) this.checkRecord(record);
    this.declared = declared;
    this.records = records;
    this.zone = new Zone(
      new Set(declared.map((record) => normalName(text(record, 'name')))),
      new Set(records.keys()),
    );
    const isNew = this.chosen.size === 0;
    for (const [name, ofName] of records) {
      if (isNew) this.chosen.set(name, this.select(ofName));
      else this.choose(name, ofName, this.options.clock.now());
    }
  }

  /**
   * Begins as if the checks had long been at work. Without it they begin as new ones do on AWS: healthy, and
   * unhealthy where they are inverted, until the first results in a row.
   */
  async settle(): Promise<void> {
    await this.checks.settle();
  }

  /** Starts the health checks. */
  start(): void {
    this.checks.start();
    this.stopMetrics ??= this.options.clock.every(MINUTE_MS, () => {
      for (const { id, healthy } of this.status()) {
        this.options.metrics?.publish({
          namespace: 'AWS/Route53',
          name: 'HealthCheckStatus',
          dimensions: { HealthCheckId: id },
          value: healthy ? 1 : 0,
        });
      }
    });
  }

  /**
   * Serves the hosted zone over UDP and TCP.
   * @param port 0 for any that is free
   * @throws Error with `code` EADDRINUSE when the port is taken
   */
  async listenDns(port: number, host = '127.0.0.1'): Promise<Endpoint> {
    const { speed } = this.options.clock;
    const resolve = (name: string) => this.resolve(name);
    const answer = (query: Packet) => dnsReply(query, { zone: this.zone, speed, resolve });
    const server = await DnsServer.listen(answer, { port, host });
    this.servers.push(server);
    return server.endpoint;
  }

  /** What a name is answered with now; `ttl` in real seconds. @throws Error for a name without A records */
  resolve(name: string): ResolvedRecord {
    const records = this.records.get(normalName(name));
    if (records === undefined) throw new Error(`The hosted zone has no A record of "${name}".`);
    const { target, setIdentifier } = this.select(records);
    const ttl = secondsAt(ALIAS_TTL_SECONDS, this.options.clock.speed);
    return { address: this.addressOf(target), ttl, setIdentifier };
  }

  /** The resources of type `aws_route53_record`. */
  recordSets(): readonly Resource[] {
    return this.declared;
  }

  /** A health check and what it observes; undefined where there is none. */
  healthCheck(id: string): ReturnType<HealthChecks['declared']> {
    return this.checks.declared(id);
  }

  status(): readonly HealthCheckStatus[] {
    return this.checks.status();
  }

  /** The latest changes, oldest first. */
  history(): readonly Change[] {
    return [...this.changes];
  }

  async close(): Promise<void> {
    this.checks.close();
    this.stopMetrics?.();
    await Promise.all(this.servers.map((server) => server.close()));
  }

  private checkRecord({ address, healthCheckId, target }: AddressRecord): void {
    if (healthCheckId !== undefined && !this.checks.has(healthCheckId)) {
      throw new UnsupportedError(`${address}.health_check_id`, `there is no health check "${healthCheckId}"`);
    }
    if (this.options.addressOf(target) === undefined) {
      throw new UnsupportedError(`${address}.alias.name`, `this run has no address for "${target}"`);
    }
  }

  private addressOf(target: string): string {
    const address = this.options.addressOf(target);
    if (address === undefined) throw new Error(`This run has no address for "${target}" any more.`);
    return address;
  }

  private select(records: AddressRecords): AddressRecord {
    return select(records, (id) => this.checks.isHealthy(id));
  }

  private healthChanged({ id, name, healthy, reason, since: at }: HealthCheckStatus): void {
    this.remember({ kind: 'health', at, id, name, healthy, reason });
    for (const [recordName, records] of this.records) this.choose(recordName, records, at);
  }

  private choose(name: string, records: AddressRecords, at: number): void {
    const chosen = this.select(records);
    const before = this.chosen.get(name);
    this.chosen.set(name, chosen);
    if (chosen.setIdentifier === before?.setIdentifier) return;
    this.remember({ kind: 'answer', at, name, setIdentifier: chosen.setIdentifier ?? '' });
  }

  private remember(change: Change): void {
    this.changes.push(change);
    if (this.changes.length > MAX_HISTORY) this.changes.shift();
    this.options.onChange?.(change);
  }
}
