import * as fc from 'fast-check';
import { createAuthorizer } from '../../../platform/policy/authorizer';
import { parseRate } from '../../../services/scheduler/schedule-settings';
import { Schedules, type StartExecution } from '../../../services/scheduler/schedules';
import type { Stack } from '../../../stack/stack';
import { ManualClock } from '../../platform/manual-clock';
import { read } from '../../stack/fixture';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:assistant';
const MINUTE = 60_000;

interface Parts {
  readonly schedule?: Readonly<Record<string, unknown>>;
  readonly target?: Readonly<Record<string, unknown>>;
  readonly principal?: string;
  readonly action?: string;
  readonly condition?: Readonly<Record<string, unknown>>;
}

const statement = (part: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...part }] });

const stackOf = ({ schedule, target, principal, action, condition }: Parts): Stack =>
  read({
    resource: {
      aws_iam_role: {
        role: {
          name: 'canary',
          assume_role_policy: statement({
            Action: 'sts:AssumeRole',
            Principal: { Service: principal ?? 'scheduler.amazonaws.com' },
            ...(condition && { Condition: condition }),
          }),
        },
      },
      aws_iam_role_policy: {
        policy: {
          name: 'start',
          role: '${aws_iam_role.role.name}',
          policy: statement({ Action: action ?? 'states:StartExecution', Resource: MACHINE }),
        },
      },
      aws_scheduler_schedule: {
        canary: {
          name: 'canary',
          schedule_expression: 'rate(1 minute)',
          flexible_time_window: { mode: 'OFF' },
          target: {
            arn: MACHINE,
            role_arn: '${aws_iam_role.role.arn}',
            input: '{"question":"Are you well?"}',
            retry_policy: { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 },
            ...target,
          },
          ...schedule,
        },
      },
    },
  });

function running(
  parts: Parts = {},
  start: (execution: StartExecution) => Promise<void> = () => Promise.resolve(),
) {
  const stack = stackOf(parts);
  const clock = new ManualClock();
  const started: StartExecution[] = [];
  const schedules = new Schedules(stack.resources, {
    clock,
    authorizer: createAuthorizer(stack),
    startExecution: (execution) => {
      started.push(execution);
      return start(execution);
    },
  });
  schedules.start();
  const pass = async (ms: number) => {
    clock.advance(ms);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { clock, schedules, started, pass };
}

describe('a schedule', () => {
  it('starts an execution at its rate', async () => {
    const { started, schedules, pass, clock } = running();
    await pass(MINUTE - 1);
    expect(started).toEqual([]);
    await pass(1);
    expect(started).toEqual([
      {
        stateMachineArn: MACHINE,
        roleArn: 'arn:aws:iam::123456789012:role/canary',
        input: '{"question":"Are you well?"}',
      },
    ]);
    await pass(4 * MINUTE);
    expect(schedules.status()).toEqual([
      { name: 'canary', enabled: true, invocations: 5, failures: 0, latest: clock.now() },
    ]);
    schedules.close();
    await pass(MINUTE);
    expect(started).toHaveLength(5);
  });

  it('does nothing while it is disabled', async () => {
    const { started, schedules, pass } = running({ schedule: { state: 'DISABLED' } });
    await pass(5 * MINUTE);
    expect(started).toEqual([]);
    expect(schedules.status()).toMatchObject([{ enabled: false, invocations: 0 }]);
  });

  it('drops the event of a failed start, without retries', async () => {
    const { started, schedules, pass } = running({}, () =>
      Promise.reject(new Error('ExecutionLimitExceeded')),
    );
    await pass(MINUTE);
    expect(started).toHaveLength(1);
    expect(schedules.status()).toMatchObject([
      { invocations: 1, failures: 1, latestError: 'ExecutionLimitExceeded' },
    ]);
  });

  it('starts nothing that its role may not', async () => {
    const { started, schedules, pass } = running({ action: 'states:StartSyncExecution' });
    await pass(MINUTE);
    expect(started).toEqual([]);
    expect(schedules.status()).toMatchObject([
      { failures: 1, latestError: expect.stringContaining('states:StartExecution') as string },
    ]);
  });

  it('fills in what its input asks of the schedule', async () => {
    const input = JSON.stringify({
      arn: '<aws.scheduler.schedule-arn>',
      time: '<aws.scheduler.scheduled-time>',
      id: '<aws.scheduler.execution-id>',
      attempt: '<aws.scheduler.attempt-number>',
    });
    const { started, pass } = running({ target: { input } });
    await pass(MINUTE);
    expect(JSON.parse(started[0]?.input ?? '')).toEqual({
      arn: 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/canary',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      attempt: '1',
    });
  });

  it('says which account and schedule group it assumes its role for', () => {
    const group = 'arn:aws:scheduler:us-east-1:123456789012:schedule-group/default';
    const conditionOf = (source: string) => ({
      StringEquals: { 'aws:SourceAccount': '123456789012', 'aws:SourceArn': source },
    });
    expect(() => running({ condition: conditionOf(group) })).not.toThrow();
    expect(() => running({ condition: conditionOf(`${group}s`) })).toThrow('trust policy');
  });

  it.each<[string, Parts]>([
    ['schedule_expression', { schedule: { schedule_expression: 'cron(0 * * * ? *)' } }],
    ['schedule_expression', { schedule: { schedule_expression: 'rate(1 minutes)' } }],
    ['state', { schedule: { state: 'PAUSED' } }],
    ['flexible_time_window.mode', { schedule: { flexible_time_window: { mode: 'FLEXIBLE' } } }],
    ['kms_key_arn', { schedule: { kms_key_arn: 'arn' } }],
    ['group_name', { schedule: { group_name: 'canaries' } }],
    ['target.arn', { target: { arn: 'arn:aws:lambda:us-east-1:123456789012:function:f' } }],
    ['target.dead_letter_config', { target: { dead_letter_config: { arn: 'arn' } } }],
    ['target.input', { target: { input: undefined } }],
    ['target.input', { target: { input: 'hello' } }],
    ['target.input', { target: { input: JSON.stringify('x'.repeat(262_144)) } }],
    ['target.role_arn', { principal: 'events.amazonaws.com' }],
    ['target.retry_policy.maximum_retry_attempts', { target: { retry_policy: undefined } }],
    [
      'target.retry_policy.maximum_retry_attempts',
      { target: { retry_policy: { maximum_retry_attempts: 3 } } },
    ],
    [
      'target.retry_policy.maximum_event_age_in_seconds',
      { target: { retry_policy: { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 59 } } },
    ],
  ])('is refused for its %s: %j', (argument, parts) => {
    expect(() => running(parts)).toThrow(
      expect.objectContaining({
        name: 'UnsupportedError',
        address: `aws_scheduler_schedule.canary.${argument}`,
      }) as Error,
    );
  });
});

describe('a rate', () => {
  const units = [
    ['minute', MINUTE],
    ['hour', 60 * MINUTE],
    ['day', 1_440 * MINUTE],
  ] as const;

  it('is its number of units, in the plural but for 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10_000 }), fc.constantFrom(...units), (count, [unit, ms]) => {
        expect(parseRate(`rate(1 ${unit})`)).toBe(ms);
        expect(parseRate(`rate(${count} ${unit}s)`)).toBe(count * ms);
        expect(parseRate(`rate(1 ${unit}s)`)).toBeUndefined();
        expect(parseRate(`rate(${count} ${unit})`)).toBeUndefined();
      }),
    );
  });

  it.each([
    'rate(0 minutes)',
    'rate(-1 minutes)',
    'rate(1.5 minutes)',
    'rate(1 week)',
    'at(2026-11-22T10:00:00)',
    '',
  ])('is not %s', (expression) => {
    expect(parseRate(expression)).toBeUndefined();
  });
});
