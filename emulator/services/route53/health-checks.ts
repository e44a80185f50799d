import type { Clock } from '../../run/clock';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { AlarmMonitor, type AlarmSource } from './alarm-monitor';
import { type CheckerIntercept, DEFAULT_CHECKERS, EndpointMonitor } from './endpoint-monitor';
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
  private readonly settings = new Map<string, HealthCheckSettings>();
  private readonly monitors = new Map<string, Monitor>();
  private readonly statuses = new Map<string, HealthCheckStatus>();

  /** @throws UnsupportedError for what Route 53 refuses or the local run does not emulate */
  constructor(
    resources: readonly Resource[],
    private readonly options: HealthChecksOptions,
  ) {
    for (const settings of resources.map(healthCheckSettings)) this.settings.set(settings.id, settings);
    for (const settings of this.settings.values()) this.monitors.set(settings.id, this.monitorOf(settings));
    const since = options.clock.now();
    for (const { id, name, type } of this.settings.values()) {
      this.statuses.set(id, { id, name, type, since, ...this.observed(id) });
    }
  }

  /** Brings endpoint checks into the state that they would have had before this run began. */
  async settle(): Promise<void> {
    await Promise.all([...this.monitors.values()].map(async (monitor) => monitor.settle?.()));
  }

  start(): void {
    for (const [id, monitor] of this.monitors) {
      if (this.settings.get(id)?.disabled !== true) monitor.start();
    }
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
    const endpoint = resolveEndpoint(monitor.fqdn);
    if (endpoint === undefined) {
      throw new UnsupportedError(`${address}.fqdn`, `"${monitor.fqdn}" is no name that this run serves`);
    }
    return new EndpointMonitor({
      healthCheckId: id,
      check: monitor,
      endpoint,
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
    const [settings, monitor] = [this.settings.get(id), this.monitors.get(id)];
    if (settings === undefined || monitor === undefined) throw new Error(`There is no health check "${id}".`);
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
