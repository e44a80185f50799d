import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../platform/clock';
import type { Authorizer } from '../../platform/policy/authorizer';
import { UnsupportedError, type Resource } from '../../stack/resource';
import { scheduleSettings, type ScheduleSettings } from './schedule-settings';

export interface StartExecution {
  readonly stateMachineArn: string;
  readonly roleArn: string;
  readonly input: string;
}

interface ScheduleStatus {
  readonly name: string;
  readonly enabled: boolean;
  /** Invocations of the target so far, failed ones included. */
  readonly invocations: number;
  /** Invocations that the target or IAM refused: Scheduler drops their events. */
  readonly failures: number;
  /** Emulated time of the latest invocation. */
  readonly latest?: number;
  readonly latestError?: string;
}

interface SchedulesOptions {
  readonly clock: Clock;
  readonly authorizer: Pick<Authorizer, 'authorize' | 'assumable'>;
  /** Accepts an execution without waiting for its end; an error drops the event. */
  readonly startExecution: (execution: StartExecution) => Promise<void>;
}

/** EventBridge Scheduler's schedules of one stack. The first run is one interval after the start. */
export class Schedules {
  private schedules: readonly ScheduleSettings[] = [];
  private readonly statuses = new Map<string, ScheduleStatus>();
  private readonly running = new Map<
    string,
    { readonly schedule: ScheduleSettings; readonly stop: () => void }
  >();
  private isStarted = false;

  /**
   * @param resources of the stack; those of other types are left alone
   * @throws UnsupportedError for what Scheduler refuses or the local run does not emulate
   */
  constructor(
    resources: readonly Resource[],
    private readonly options: SchedulesOptions,
  ) {
    this.declare(resources);
  }

  /**
   * Takes these for all schedules that there are; one that is the same as before keeps its time.
   * @throws UnsupportedError
   */
  declare(resources: readonly Resource[]): void {
    const declared = resources.filter(({ type }) => type === 'aws_scheduler_schedule');
    const { authorizer } = this.options;
    this.schedules = declared.map((resource) => {
      const settings = scheduleSettings(resource);
      const { name, enabled, roleArn } = settings;
      if (!authorizer.assumable(roleArn, 'scheduler.amazonaws.com', sourceOf(settings))) {
        throw new UnsupportedError(
          `${resource.address}.target.role_arn`,
          'EventBridge Scheduler may not assume it: mend its trust policy',
        );
      }
      this.statuses.set(name, { invocations: 0, failures: 0, ...this.statuses.get(name), name, enabled });
      return settings;
    });
    if (this.isStarted) this.start();
  }

  start(): void {
    this.isStarted = true;
    const due = this.schedules.filter(({ enabled }) => enabled);
    for (const [name, { schedule, stop }] of this.running) {
      if (due.some((other) => isDeepStrictEqual(other, schedule))) continue;
      stop();
      this.running.delete(name);
    }
    for (const schedule of due.filter(({ name }) => !this.running.has(name))) {
      const stop = this.options.clock.every(schedule.everyMs, () => {
        void this.invoke(schedule);
      });
      this.running.set(schedule.name, { schedule, stop });
    }
  }

  close(): void {
    for (const { stop } of this.running.values()) stop();
    this.running.clear();
  }

  status(): readonly ScheduleStatus[] {
    return this.schedules.flatMap(({ name }) => this.statuses.get(name) ?? []);
  }

  /** Invokes the target once; there are no retries. */
  private async invoke(schedule: ScheduleSettings): Promise<void> {
    const { name, roleArn, stateMachineArn } = schedule;
    const { authorizer, clock, startExecution } = this.options;
    const latest = clock.now();
    this.count(name, ({ invocations, ...status }) => ({ ...status, invocations: invocations + 1, latest }));
    try {
      authorizer.authorize(roleArn, 'states:StartExecution', stateMachineArn);
      await startExecution({ stateMachineArn, roleArn, input: withContext(schedule, latest) });
    } catch (error) {
      const latestError = error instanceof Error ? error.message : String(error);
      this.count(name, ({ failures, ...status }) => ({ ...status, failures: failures + 1, latestError }));
    }
  }

  private count(name: string, change: (status: ScheduleStatus) => ScheduleStatus): void {
    const status = this.statuses.get(name);
    if (status !== undefined) this.statuses.set(name, change(status));
  }
}

/** What Scheduler says of itself to a trust policy: the schedule's group, not the schedule. */
function sourceOf({ arn }: ScheduleSettings) {
  const [, , , , account = ''] = arn.split(':');
  const group = arn.replace(':schedule/', ':schedule-group/').replace(/\/[^/]+$/, '');
  return { 'aws:SourceAccount': account, 'aws:SourceArn': group };
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function withContext({ arn, input }: ScheduleSettings, time: number): string {
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'))
    .replaceAll('<aws.scheduler.execution-id>', randomUUID())
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}
