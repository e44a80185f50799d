import type { ExecutionHistory } from './execution-history';
import { checkPayload } from './payload-limit';
import type { State } from './state';
import { StatesError } from './states-error';

export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

export interface ExecutionOptions {
  readonly states: ReadonlyMap<string, State>;
  readonly startAt: string;
  readonly input: unknown;
  readonly roleArn: string;
  /** `$$` without `State`. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly history: ExecutionHistory;
  readonly signal: AbortSignal;
}

/**
 * Walks from state to state.
 *
 * @throws only the signal's reason or a defect: errors of the states are an outcome
 */
export async function execute(options: ExecutionOptions): Promise<Outcome> {
  let data = options.input;
  let current: string | undefined = options.startAt;
  while (current !== undefined) {
    options.signal.throwIfAborted();
    try {
      ({ output: data, next: current } = await visitState(options, current, data));
    } catch (error) {
      if (error instanceof StatesError) return { status: 'FAILED', error: error.name, cause: error.cause };
      throw error;
    }
  }
  return { status: 'SUCCEEDED', output: data };
}

async function visitState(options: ExecutionOptions, name: string, input: unknown) {
  const { context, history, roleArn, signal, states } = options;
  const state = states.get(name);
  // The validator has looked for states without a definition.
  if (!state) throw new Error(`No state ${name}`);
  const eventId = history.record(`${state.type}StateEntered`, { name, input });
  const enteredTime = new Date().toISOString();
  try {
    const transition = await state.run({
      input,
      context: (retryCount = 0) => ({
        ...context,
        State: { EnteredTime: enteredTime, Name: name, RetryCount: retryCount },
      }),
      roleArn,
      history,
      signal,
    });
    checkPayload(`The output of the state '${name}'`, transition.output);
    // After a timeout, nothing of what comes late may count.
    signal.throwIfAborted();
    history.record(`${state.type}StateExited`, { name, output: transition.output });
    return transition;
  } catch (error) {
    if (!(error instanceof StatesError) || error.name !== 'States.Runtime') throw error;
    const where = `An error occurred while executing the state '${name}' (entered at the event id #${eventId}).`;
    throw new StatesError(error.name, `${where} ${error.cause}`);
  }
}
