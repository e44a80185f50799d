import type { Clock } from '../../platform/clock';
import { UnsupportedError, type Resource } from '../../stack/resource';
import { alarmSettings, type AlarmSettings } from './alarm-settings';
import type { DeclaredAlarm } from './describe-alarms';
import {
  type AlarmState,
  type DataPoint,
  evaluationRange,
  nextAlarmState,
  readDataStream,
} from './alarm-state';
import { MINUTE_MS, type Metrics } from './metrics';

/**
 * How long after a period's end its data count as complete, in milliseconds. AWS publishes no figure; data take
 * seconds on their way there, too, and here they are at hand at once.
 */
export const RIPENING_MS = 5_000;

export interface AlarmStatus {
  readonly name: string;
  readonly state: AlarmState;
  /** Emulated time of the last change of state. */
  readonly since: number;
}

interface AlarmsOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** The metric alarms of one region, each evaluated once a minute. */
export class Alarms {
  private settings: ReadonlyMap<string, AlarmSettings> = new Map();
  private statuses = new Map<string, AlarmStatus>();
  private readonly listeners = new Set<() => void>();
  private stop: (() => void) | undefined;

  /**
   * @param resources of the region's stack; those of other types are left alone
   * @throws UnsupportedError for what CloudWatch refuses or the local run does not emulate
   */
  constructor(
    resources: readonly Resource[],
    private readonly options: AlarmsOptions,
  ) {
    this.declare(resources);
  }

  /**
   * Takes these for all alarms that there are; one that is changed keeps its state, as on AWS.
   * @throws UnsupportedError
   */
  declare(resources: readonly Resource[]): void {
    const settingsByName = new Map<string, AlarmSettings>();
    for (const resource of resources.filter(({ type }) => type === 'aws_cloudwatch_metric_alarm')) {
      const settings = alarmSettings(resource);
      const { name } = settings;
      if (settingsByName.has(name)) {
        throw new UnsupportedError(`${resource.address}.alarm_name`, `"${name}" is another alarm's, too`);
      }
      settingsByName.set(name, settings);
    }
    const since = this.options.clock.now();
    const status = (name: string): AlarmStatus =>
      this.statuses.get(name) ?? { name, state: 'INSUFFICIENT_DATA', since };
    this.statuses = new Map([...settingsByName.keys()].map((name) => [name, status(name)]));
    this.settings = settingsByName;
  }

  /** Evaluates from now on, when the data of each minute are complete. */
  start(): void {
    const { clock } = this.options;
    const next = MINUTE_MS - ((clock.now() - RIPENING_MS) % MINUTE_MS);
    this.stop ??= clock.every(
      MINUTE_MS,
      () => {
        this.evaluate();
      },
      next,
    );
  }

  close(): void {
    this.stop?.();
    this.stop = undefined;
  }

  statusOf(name: string): AlarmStatus | undefined {
    return this.statuses.get(name);
  }

  status(): readonly AlarmStatus[] {
    return [...this.statuses.values()];
  }

  declared(): readonly DeclaredAlarm[] {
    return this.status().flatMap((status) => {
      const { resource } = this.settings.get(status.name) ?? {};
      return resource === undefined ? [] : [{ resource, status }];
    });
  }

  /**
   * The state that Route 53 reads from an alarm's data, which is not the alarm's own.
   * @returns undefined for an alarm that the region does not have
   */
  dataStream(name: string): AlarmState | undefined {
    const settings = this.settings.get(name);
    return settings && readDataStream(this.points(settings, settings.evaluationPeriods));
  }

  /** @returns ends it */
  onEvaluated(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private evaluate(): void {
    for (const settings of this.settings.values()) {
      const { name, evaluationPeriods } = settings;
      const current = this.statuses.get(name)?.state ?? 'INSUFFICIENT_DATA';
      const points = this.points(settings, evaluationRange(evaluationPeriods));
      const state = nextAlarmState({ ...settings, points, current });
      if (state !== current) this.statuses.set(name, { name, state, since: this.options.clock.now() });
    }
    for (const listener of this.listeners) listener();
  }

  /** The latest periods whose data are complete, oldest first. */
  private points({ metric, periodMs, judge }: AlarmSettings, count: number): readonly DataPoint[] {
    const { clock, metrics } = this.options;
    const end = Math.floor((clock.now() - RIPENING_MS) / MINUTE_MS) * MINUTE_MS;
    return Array.from({ length: count }, (_, index) => {
      const from = end - (count - index) * periodMs;
      return judge(metrics.statistics(metric, from, from + periodMs));
    });
  }
}
