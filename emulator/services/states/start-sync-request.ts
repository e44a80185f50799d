import { PAYLOAD_LIMIT_BYTES } from './payload-limit';

/** An error of the StartSyncExecution API: the execution did not start. */
export class StartSyncExecutionError extends Error {
  /** HTTP status; all of these are the client's. */
  readonly statusCode = 400;

  constructor(
    override readonly name:
      | 'InvalidExecutionInput'
      | 'InvalidName'
      | 'SerializationException'
      | 'StateMachineDoesNotExist'
      | 'ValidationException',
    message: string,
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
  } catch (error) {
    throw new StartSyncExecutionError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: '${(error as Error).message}'`,
    );
  }
}
