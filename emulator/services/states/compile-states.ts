import type { Definition, StateDefinition } from './definition';
import { compileChoice, compileFail, compilePass, compileSucceed, compileWait } from './flow-states';
import type { State } from './state';
import type { TaskAction } from './task-action';
import { compileTask } from './task-state';

/**
 * Compiles each state once, so that what is not acted out is found at load.
 *
 * @param address of the definition
 * @throws UnsupportedError naming the state's field at fault
 */
export function compileStates(
  { States }: Definition,
  address: string,
  actions: Readonly<Record<string, TaskAction>>,
): ReadonlyMap<string, State> {
  return new Map(
    Object.entries(States).map(([name, state]) => [
      name,
      compileState(state, `${address}.States.${name}`, actions),
    ]),
  );
}

function compileState(
  state: StateDefinition,
  address: string,
  actions: Readonly<Record<string, TaskAction>>,
): State {
  switch (state.Type) {
    case 'Task':
      return compileTask(state, address, actions);
    case 'Pass':
      return compilePass(state, address);
    case 'Choice':
      return compileChoice(state, address);
    case 'Wait':
      return compileWait(state, address);
    case 'Succeed':
      return compileSucceed(state, address);
    case 'Fail':
      return compileFail(state, address);
  }
}
