import { z } from 'zod';
import type { ExpressStateMachine, SyncExecution } from './express-state-machine';
import { StartSyncExecutionError } from './start-sync-request';

/** An answer of an AWS JSON 1.0 API. */
export interface ActionResponse {
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
 * @returns takes the request's body, JSON text
 */
export function startSyncExecutionAction(
  machines: Iterable<ExpressStateMachine>,
): (body: string) => Promise<ActionResponse> {
  const byArn = new Map([...machines].map((machine) => [machine.arn, machine]));
  return async (body) => {
    try {
      const { stateMachineArn, ...request } = parseRequest(body);
      const machine = byArn.get(stateMachineArn);
      if (!machine) {
        throw new StartSyncExecutionError(
          'StateMachineDoesNotExist',
          `State Machine Does Not Exist: '${stateMachineArn}'`,
        );
      }
      return { status: 200, body: JSON.stringify(toWire(await machine.startSync(request))) };
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
