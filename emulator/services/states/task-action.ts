/** One call of a service by a Task state. */
export interface TaskCall {
  /** The state's effective input, `Parameters` applied. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Role that the state machine acts as. */
  readonly roleArn: string;
  /** Aborted once nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/** A service action that Task states may name as their `Resource`. */
export interface TaskAction {
  /** Parameters that it acts out; a state with others, or without a required one, is refused at load. */
  readonly parameters: Readonly<Record<string, 'required' | 'optional'>>;
  /** @throws StatesError for what the service answers; anything else is a defect of the local run */
  run(call: TaskCall): Promise<unknown>;
}
