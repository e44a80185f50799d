import type { Intercept } from '../../../platform/faults/effects';
import { ExpressStateMachine } from '../../../services/states/express-state-machine';
import { StatesError } from '../../../services/states/states-error';
import type { TaskCall } from '../../../services/states/task-state';
import type { Resource } from '../../../stack/resource';

export const ADDRESS = 'aws_sfn_state_machine.workflow';
export const MACHINE_ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:workflow';
export const ACTION = 'arn:aws:states:::test:act';

export type Act = (parameters: Record<string, unknown>, call: TaskCall) => unknown;

export function machineResource(definition: unknown, values: Record<string, unknown> = {}): Resource {
  return {
    address: ADDRESS,
    type: 'aws_sfn_state_machine',
    name: 'workflow',
    values: {
      name: 'workflow',
      arn: MACHINE_ARN,
      role_arn: 'arn:aws:iam::123456789012:role/workflow',
      type: 'EXPRESS',
      definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
      ...values,
    },
  };
}

/** A machine whose tasks (`ACTION`, any of the parameters `do` and `with`) run the function. */
export function machine(
  definition: unknown,
  act: Act = () => null,
  values: Record<string, unknown> = {},
  onLog?: (line: string) => void,
  intercept?: Intercept,
): ExpressStateMachine {
  return new ExpressStateMachine({
    resource: machineResource(definition, values),
    actions: {
      [ACTION]: {
        service: 'Lambda',
        parameters: { do: 'optional', with: 'optional' },
        run: async (call) => Promise.resolve(act(call.parameters as Record<string, unknown>, call)),
      },
    },
    ...(onLog && { onLog }),
    ...(intercept && { intercept }),
  });
}

/** A machine of the one state. */
export function single(state: Record<string, unknown>): Record<string, unknown> {
  const end = ['Choice', 'Succeed', 'Fail'].includes(String(state.Type)) ? {} : { End: true };
  return { StartAt: 'Only', States: { Only: { ...end, ...state } } };
}

/** A task that ends the machine, and on an error caught goes to `Caught`, which ends it as well. */
export function caught(errorEquals: string[], task: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    StartAt: 'Act',
    States: {
      Act: {
        ...{ Type: 'Task', Resource: ACTION, Parameters: {}, End: true },
        ...{ Catch: [{ ErrorEquals: errorEquals, ResultPath: '$.error', Next: 'Caught' }] },
        ...task,
      },
      Caught: { Type: 'Pass', End: true },
    },
  };
}

/** Output of an execution, or the error it failed with. */
export async function run(under: ExpressStateMachine, input: unknown = {}): Promise<unknown> {
  const { cause, error, output } = await under.startSync({ input: JSON.stringify(input) });
  return output === undefined ? new StatesError(error ?? '', cause ?? '') : (JSON.parse(output) as unknown);
}

/** A value of which the JSON has so many bytes. */
export function ofSize(bytes: number): string {
  return 'x'.repeat(bytes - 2);
}
