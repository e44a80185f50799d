import type { FaultEffect } from '../../platform/faults/effects';
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../platform/clock';
import type { EndpointCheck } from './health-check-settings';
import { isEndpointHealthy, type Monitor } from './health-checks';
import { probe, type Observation, type ProbeResult } from './probe';

/** Two in each of Route 53's eight default regions; about as many are seen in access logs on AWS. */
export const DEFAULT_CHECKERS = 16;

/** Asked for each probe of a checker, counted from 0: any effect leaves it without a network. */
export type CheckerIntercept = (checker: number) => FaultEffect | undefined;

interface EndpointMonitorOptions {
  readonly healthCheckId: string;
  readonly check: EndpointCheck;
  /** Where the endpoint listens on this machine; undefined for a name that nobody has. */
  readonly endpoint: () => { readonly host: string; readonly port: number } | undefined;
  readonly clock: Clock;
  readonly checkers: number;
  /** What is wrong with a checker, counted from 0. */
  readonly intercept: CheckerIntercept;
  readonly onChange: () => void;
}

/** Health checkers that ask one endpoint, spread evenly over the interval. */
export class EndpointMonitor implements Monitor {
  private readonly checkers: readonly Checker[];
  private readonly aborted = new AbortController();
  private stops: readonly (() => void)[] = [];
  private latest = 'no result yet';
  private readonly results = new Map<number, Observation>();

  constructor(private readonly options: EndpointMonitorOptions) {
    const { checkers, check } = options;
    this.checkers = Array.from({ length: checkers }, () => new Checker(check.failureThreshold));
  }

  get healthy(): boolean {
    return isEndpointHealthy(this.checkers.map(({ healthy }) => healthy));
  }

  get reason(): string {
    const healthy = this.checkers.filter((checker) => checker.healthy).length;
    return `${healthy} of ${this.checkers.length} checkers report healthy; latest result: ${this.latest}`;
  }

  /** By checker, of those that have a result. */
  observations(): readonly Observation[] {
    return [...this.results.values()];
  }

  /** Asks once, and takes the result for what all checkers have long seen. */
  async settle(): Promise<void> {
    const result = await this.result(0);
    this.latest = result.reason;
    for (const [index, checker] of this.checkers.entries()) {
      checker.settle(result.passed);
      this.results.set(index, { ...result, checker: index, at: this.options.clock.now() });
    }
    this.options.onChange();
  }

  start(): void {
    const { clock, check } = this.options;
    // At a high speed of time, many checkers' requests are under way at once.
    setMaxListeners(0, this.aborted.signal);
    this.stops = this.checkers.map((checker, index) =>
      clock.every(
        check.intervalMs,
        () => {
          void this.ask(checker, index);
        },
        (check.intervalMs * index) / this.checkers.length,
      ),
    );
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.aborted.abort();
  }

  private async ask(checker: Checker, index: number): Promise<void> {
    const result = await this.result(index);
    if (this.aborted.signal.aborted) return;
    this.latest = result.reason;
    this.results.set(index, { ...result, checker: index, at: this.options.clock.now() });
    checker.observe(result.passed);
    this.options.onChange();
  }

  private async result(index: number): Promise<ProbeResult> {
    const { healthCheckId, check, clock, intercept } = this.options;
    if (intercept(index) !== undefined) return { passed: false, reason: `checker ${index} has no network` };
    const endpoint = this.options.endpoint();
    if (endpoint === undefined) return { passed: false, reason: `DNS: no such name, ${check.fqdn}` };
    const { fqdn, port: declaredPort, path, searchString } = check;
    const { signal } = this.aborted;
    const { speed } = clock;
    return probe({ ...endpoint, fqdn, declaredPort, path, searchString, healthCheckId, speed, signal });
  }
}

/** One health checker's view of an endpoint, which a number of consecutive results changes. */
export class Checker {
  private view = true;
  private contrary = 0;

  /** @param threshold consecutive results that change the view, either way */
  constructor(private readonly threshold: number) {}

  /** A new health check is taken for healthy. */
  get healthy(): boolean {
    return this.view;
  }

  /** Takes a view without waiting for results in a row. */
  settle(passed: boolean): void {
    this.view = passed;
    this.contrary = 0;
  }

  observe(passed: boolean): void {
    this.contrary = passed === this.view ? 0 : this.contrary + 1;
    if (this.contrary < this.threshold) return;
    this.view = passed;
    this.contrary = 0;
  }
}
