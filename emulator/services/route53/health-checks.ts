import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../platform/clock';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { AlarmMonitor, type AlarmSource } from './alarm-monitor';
import { type CheckerIntercept, DEFAULT_CHECKERS, EndpointMonitor } from './endpoint-monitor';
import type { Observation } from './probe';
import { type CalculatedCheck, healthCheckSettings, type HealthCheckSettings } from './health-check-settings';

export interface HealthCheckStatus {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Disabling and inversion applied. */
  readonly healthy: boolean;
  /** Emulated time of the last change. */
  readonly since: number;
  readonly reason: string;
}

export interface HealthChecksOptions {
  readonly clock: Clock;
  /** By region. */
  readonly alarms: ReadonlyMap<string, AlarmSource>;
  /** Where a name's emulated edge listens, for plain HTTP; undefined for a name that this run does not have. */
  readonly resolveEndpoint: (fqdn: string) => { readonly host: string; readonly port: number } | undefined;
  /** Checkers of an endpoint; default: 16. */
  readonly checkers?: number;
  /** What is wrong with a checker; default: nothing. */
  readonly intercept?: CheckerIntercept;
  readonly onChange: (status: HealthCheckStatus) => void;
}

/** All health checks of the account: Route 53 is global, so those of both stacks are in one place. */
export class HealthChecks {
  private settings: ReadonlyMap<string, HealthCheckSettings> = new Map();
  private isStarted = false;
  private readonly monitors = new Map<string, Monitor>();
  private readonly statuses = new Map<string, HealthCheckStatus>();

  /** @throws UnsupportedError for what Route 53 refuses or the local run does not emulate */
  constructor(
    resources: readonly Resource[],
    private readonly options: HealthChecksOptions,
  ) {
    this.declare(resources);
  }

  /**
   * Takes these for all checks that there are: one that is the same as before goes on, another begins as on AWS.
   * @throws UnsupportedError
   */
  declare(resources: readonly Resource[]): void {
    const before = this.settings;
    this.settings = new Map(resources.map(healthCheckSettings).map((settings) => [settings.id, settings]));
    for (const [id, monitor] of this.monitors) {
      if (isDeepStrictEqual(before.get(id), this.settings.get(id))) continue;
      monitor.close();
      this.monitors.delete(id);
      this.statuses.delete(id);
    }
    const added = [...this.settings.values()].filter(({ id }) => !this.monitors.has(id));
    for (const settings of added) this.monitors.set(settings.id, this.monitorOf(settings));
    const since = this.options.clock.now();
    for (const { id, name, type } of added) {
      this.statuses.set(id, { id, name, type, since, ...this.observed(id) });
      if (this.isStarted) this.startOne(id);
    }
  }

  /** Brings endpoint checks into the state that they would have had before this run began. */
  async settle(): Promise<void> {
    await Promise.all([...this.monitors.values()].map(async (monitor) => monitor.settle?.()));
  }

  start(): void {
    this.isStarted = true;
    for (const id of this.monitors.keys()) this.startOne(id);
  }

  close(): void {
    for (const monitor of this.monitors.values()) monitor.close();
  }

  has(id: string): boolean {
    return this.settings.has(id);
  }

  /** @param id of a check that there is */
  isHealthy(id: string): boolean {
    return this.statuses.get(id)?.healthy ?? true;
  }

  status(): readonly HealthCheckStatus[] {
    return [...this.statuses.values()].map((status) => ({ ...status, ...this.observed(status.id) }));
  }

  /** @returns undefined for a check that there is not */
  declared(id: string): { readonly settings: HealthCheckSettings; readonly monitor: Monitor } | undefined {
    const [settings, monitor] = [this.settings.get(id), this.monitors.get(id)];
    return settings && monitor && { settings, monitor };
  }

  private startOne(id: string): void {
    if (this.settings.get(id)?.disabled !== true) this.monitors.get(id)?.start();
  }

  private monitorOf(settings: HealthCheckSettings): Monitor {
    const { id, address, monitor } = settings;
    const { clock, alarms, resolveEndpoint, checkers = DEFAULT_CHECKERS } = this.options;
    const { intercept = () => undefined } = this.options;
    const onChange = () => {
      this.update();
    };
    if (monitor.kind === 'calculated') return this.calculated(settings, monitor);
    if (monitor.kind === 'alarm') {
      const source = alarms.get(monitor.region);
      if (source?.dataStream(monitor.alarm) !== undefined) return new AlarmMonitor(monitor, source, onChange);
      throw new UnsupportedError(address, `there is no alarm "${monitor.alarm}" in ${monitor.region}`);
    }
    return new EndpointMonitor({
      healthCheckId: id,
      check: monitor,
      // The region that has the name may come, and go, later.
      endpoint: () => resolveEndpoint(monitor.fqdn),
      clock,
      checkers,
      intercept,
      onChange,
    });
  }

  private calculated({ address }: HealthCheckSettings, { children, threshold }: CalculatedCheck): Monitor {
    for (const child of children) {
      const settings = this.settings.get(child);
      if (settings === undefined) {
        throw new UnsupportedError(`${address}.child_healthchecks`, `there is no health check "${child}"`);
      }
      if (settings.monitor.kind === 'calculated') {
        throw new UnsupportedError(
          `${address}.child_healthchecks`,
          `Route 53 refuses a calculated check as the child of another: ${settings.address}`,
        );
      }
    }
    const healthy = () => children.map((child) => this.observed(child).healthy);
    return {
      get healthy() {
        return isCalculatedHealthy(healthy(), threshold);
      },
      get reason() {
        const count = healthy().filter(Boolean).length;
        return `${count} of ${children.length} children healthy, ${threshold} needed`;
      },
      start: () => undefined,
      close: () => undefined,
    };
  }

  private observed(id: string): Pick<HealthCheckStatus, 'healthy' | 'reason'> {
    const declared = this.declared(id);
    if (declared === undefined) throw new Error(`There is no health check "${id}".`);
    const { settings, monitor } = declared;
    const healthy = effectiveHealth(monitor.healthy, settings);
    const reason = settings.disabled ? 'disabled' : monitor.reason;
    return { healthy, reason: settings.inverted ? `inverted: ${reason}` : reason };
  }

  private update(): void {
    for (const [id, status] of this.statuses) {
      const observed = this.observed(id);
      if (observed.healthy === status.healthy) continue;
      const changed = { ...status, ...observed, since: this.options.clock.now() };
      this.statuses.set(id, changed);
      this.options.onChange(changed);
    }
  }
}

/** What one health check observes, before it is inverted. */
export interface Monitor {
  readonly healthy: boolean;
  /** In the words of the console, why it is so. */
  readonly reason: string;
  /** What each checker of an endpoint saw last. */
  observations?(): readonly Observation[];
  /** Takes the first result for what has long been so; monitors that know it at once need not. */
  settle?(): Promise<void>;
  start(): void;
  close(): void;
}

/** A share of its checkers above which an endpoint is healthy; Route 53's own figure, "might change". */
const HEALTHY_SHARE = 0.18;

/** @param checkers what each one reports */
export const isEndpointHealthy = (checkers: readonly boolean[]): boolean =>
  checkers.filter(Boolean).length > checkers.length * HEALTHY_SHARE;

/** With a threshold of 0 a calculated check is always healthy, with one above the number of children never. */
export const isCalculatedHealthy = (children: readonly boolean[], threshold: number): boolean =>
  children.filter(Boolean).length >= threshold;

export interface Modifiers {
  readonly disabled: boolean;
  readonly inverted: boolean;
}

/**
 * The status that records and calculated checks go by. A disabled check counts as healthy, and inversion comes
 * after that: to stop traffic to what a disabled check stands for, AWS says to invert it.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
 */
export const effectiveHealth = (observed: boolean, { disabled, inverted }: Modifiers): boolean =>
  (disabled || observed) !== inverted;
