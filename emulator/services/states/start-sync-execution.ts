import { z } from 'zod';
import type { ExpressStateMachine, SyncExecution } from './express-state-machine';
import { PAYLOAD_LIMIT_BYTES } from './input-output';
import type { TraceHeader } from '../xray/segment';

/** An answer of an AWS JSON 1.0 API. */
interface ActionResponse {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

const requestSchema = z.object({
  stateMachineArn: z.string().min(1).max(256),
  input: z.string().default('{}'),
  name: z.string().optional(),
});

/**
 * `states:action/StartSyncExecution` as API Gateway calls it: answers 200 for FAILED and TIMED_OUT
 * executions, too.
 *
 * @param machines those that exist
 * @returns takes the request's body, JSON text, and what throws a StartSyncExecutionError where the caller may not start the machine
 */
export function startSyncExecutionAction(
  machines: Iterable<ExpressStateMachine>,
): (
  body: string,
  permit?: (stateMachineArn: string) => void,
  trace?: TraceHeader,
) => Promise<ActionResponse> {
  const byArn = new Map([...machines].map((machine) => [machine.arn, machine]));
  return async (body, permit = () => undefined, trace) => {
    try {
      const { stateMachineArn, ...request } = parseRequest(body);
      permit(stateMachineArn);
      const machine = byArn.get(stateMachineArn);
      if (!machine) {
        throw new StartSyncExecutionError(
          'StateMachineDoesNotExist',
          `State Machine Does Not Exist: '${stateMachineArn}'`,
        );
      }
      return { status: 200, body: JSON.stringify(toWire(await machine.startSync({ ...request, trace }))) };
    } catch (error) {
      if (!(error instanceof StartSyncExecutionError)) throw error;
      const { message, name, statusCode } = error;
      return { status: statusCode, body: JSON.stringify({ __type: name, message }) };
    }
  };
}

function parseRequest(body: string): z.output<typeof requestSchema> {
  const parsed = requestSchema.safeParse(parseBody(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartSyncExecutionError(
    'ValidationException',
    `Value at '${issue?.path.join('.') ?? ''}' failed to satisfy constraint: ${issue?.message ?? ''}`,
  );
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new StartSyncExecutionError('SerializationException', 'The request is not JSON');
  }
}

/** Dates are seconds since 1970 in AWS's JSON protocols. */
function toWire(execution: SyncExecution): Record<string, unknown> {
  return {
    ...execution,
    startDate: execution.startDate.getTime() / 1000,
    stopDate: execution.stopDate.getTime() / 1000,
    inputDetails: { included: true },
    ...(execution.output !== undefined && { outputDetails: { included: true } }),
  };
}

/** An error of the StartSyncExecution API: the execution did not start. */
export class StartSyncExecutionError extends Error {
  constructor(
    override readonly name:
      | 'AccessDeniedException'
      | 'InvalidExecutionInput'
      | 'InvalidName'
      | 'InternalServerError'
      | 'SerializationException'
      | 'StateMachineDoesNotExist'
      | 'ThrottlingException'
      | 'ValidationException',
    message: string,
    /** HTTP status; those of the client's errors are all the same. */
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
const NAME_LIMIT = 80;
// eslint-disable-next-line no-control-regex -- control characters are among those refused
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @throws StartSyncExecutionError */
export function checkName(name: string): void {
  if (name.length < 1 || name.length > NAME_LIMIT) {
    throw new StartSyncExecutionError(
      'ValidationException',
      `Value at 'name' failed to satisfy constraint: Member must have length between 1 and ${NAME_LIMIT}`,
    );
  }
  if (REFUSED_IN_NAMES.test(name))
    throw new StartSyncExecutionError('InvalidName', `Invalid Name: '${name}'`);
}

/**
 * @param input JSON text
 * @throws StartSyncExecutionError
 */
export function parseInput(input: string): unknown {
  if (Buffer.byteLength(input) > PAYLOAD_LIMIT_BYTES) {
    throw new StartSyncExecutionError(
      'ValidationException',
      `Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_LIMIT_BYTES}`,
    );
  }
  try {
    return JSON.parse(input) as unknown;
  } catch {
    // AWS quotes the place of the error. The input holds what customers write, which no message here repeats.
    throw new StartSyncExecutionError(
      'InvalidExecutionInput',
      'Invalid State Machine Execution Input: it is not JSON',
    );
  }
}
