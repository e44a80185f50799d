import { type Resource, UnsupportedError } from '../../stack/resource';
import { block, number, optionalBlock, optionalNumber, optionalText, text } from '../../stack/values';

// Limits: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html
const MAX_INPUT_BYTES = 262_144;
const MIN_EVENT_AGE_SECONDS = 60;
const MAX_EVENT_AGE_SECONDS = 86_400;

/** The templated target StartExecution is told by the ARN of its state machine. */
const STATE_MACHINE = /^arn:aws:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+$/;

/** A schedule as declared. */
export interface ScheduleSettings {
  readonly name: string;
  readonly arn: string;
  readonly everyMs: number;
  readonly enabled: boolean;
  readonly stateMachineArn: string;
  readonly roleArn: string;
  /** JSON; may hold keywords such as `<aws.scheduler.scheduled-time>`. */
  readonly input: string;
}

/** @throws UnsupportedError for what EventBridge Scheduler refuses or the local run does not emulate */
export function scheduleSettings(resource: Resource): ScheduleSettings {
  const refuse = (argument: string, what: string): never => {
    throw new UnsupportedError(`${resource.address}.${argument}`, what);
  };
  const expression = text(resource, 'schedule_expression');
  const everyMs = parseRate(expression) ?? refuse('schedule_expression', `"${expression}" is not emulated`);
  if (text(block(resource, 'flexible_time_window'), 'mode') !== 'OFF') {
    refuse('flexible_time_window.mode', 'only OFF is emulated');
  }
  const state = optionalText(resource, 'state') ?? 'ENABLED';
  if (state !== 'ENABLED' && state !== 'DISABLED') refuse('state', 'must be ENABLED or DISABLED');
  const target = block(resource, 'target');
  const stateMachineArn = text(target, 'arn');
  if (!STATE_MACHINE.test(stateMachineArn)) refuse('target.arn', 'only state machines are emulated');
  checkRetryPolicy(resource);
  return {
    name: text(resource, 'name'),
    arn: text(resource, 'arn'),
    everyMs,
    enabled: state === 'ENABLED',
    stateMachineArn,
    roleArn: text(target, 'role_arn'),
    input: inputOf(resource),
  };
}

/** Left out, the policy would be 185 retries within a day. */
function checkRetryPolicy({ address, values }: Resource): void {
  const policy = optionalBlock(block({ address, values }, 'target'), 'retry_policy');
  if (policy === undefined || number(policy, 'maximum_retry_attempts') !== 0) {
    throw new UnsupportedError(
      `${address}.target.retry_policy.maximum_retry_attempts`,
      'only 0 is emulated; left out, it would be 185',
    );
  }
  const age = optionalNumber(policy, 'maximum_event_age_in_seconds');
  if (age !== undefined && (age < MIN_EVENT_AGE_SECONDS || age > MAX_EVENT_AGE_SECONDS)) {
    throw new UnsupportedError(
      `${policy.address}.maximum_event_age_in_seconds`,
      `must be ${MIN_EVENT_AGE_SECONDS} to ${MAX_EVENT_AGE_SECONDS}`,
    );
  }
}

function inputOf(resource: Resource): string {
  const target = block(resource, 'target');
  const refuse = (what: string): never => {
    throw new UnsupportedError(`${target.address}.input`, what);
  };
  const input = optionalText(target, 'input') ?? refuse("Scheduler's default input is not emulated");
  if (Buffer.byteLength(input) > MAX_INPUT_BYTES) refuse(`more than ${MAX_INPUT_BYTES} bytes`);
  try {
    JSON.parse(input);
  } catch {
    refuse('must be JSON: StartExecution refuses anything else');
  }
  return input;
}

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const RATE = /^rate\((\d+) (minute|hour|day)(s?)\)$/;

/**
 * Milliseconds between two runs of an expression such as `rate(5 minutes)`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
 *
 * @returns undefined for what is no rate; `rate(1 minutes)` and `rate(5 minute)` are none
 */
export function parseRate(expression: string): number | undefined {
  const [, digits, unit, plural] = RATE.exec(expression) ?? [];
  const count = Number(digits);
  if (!Number.isSafeInteger(count) || count < 1 || (count === 1) !== (plural === '')) return undefined;
  return count * UNIT_MS[unit as keyof typeof UNIT_MS];
}
