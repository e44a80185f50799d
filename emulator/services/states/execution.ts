import { checkPayload, compilePath, type Expression } from './input-output';
import { StatesError } from './states-error';
import { type Span, traced } from '../xray/segment';

/** Where an execution goes from a state; without `next` it ends. */
export interface Transition {
  readonly output: unknown;
  readonly next?: string | undefined;
}

/** What a state gets from the execution that enters it. */
export interface Visit {
  readonly input: unknown;
  /** The context object, `$$`. */
  context(retryCount?: number): unknown;
  readonly roleArn: string;
  readonly history: ExecutionHistory;
  /** The state's. */
  readonly trace: Span;
  /** Aborted when the execution times out or is given up. */
  readonly signal: AbortSignal;
}

/** A state, compiled. */
export interface State {
  readonly type: string;
  /** @throws StatesError that fails the execution */
  run(visit: Visit): Transition | Promise<Transition>;
}

/** `InputPath` and `OutputPath`: absent is everything, null an empty object. */
export function compileFilter(path: string | null | undefined, address: string): Expression {
  if (path === undefined) return ({ data }) => data;
  return path === null ? () => ({}) : compilePath(path, address);
}

export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string };

interface ExecutionOptions {
  readonly states: ReadonlyMap<string, State>;
  readonly startAt: string;
  readonly input: unknown;
  readonly roleArn: string;
  /** `$$` without `State`. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly history: ExecutionHistory;
  readonly trace: Span;
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
  return traced(options.trace.within({ name }), async (trace) => {
    try {
      const transition = await state.run({
        input,
        context: (retryCount = 0) => ({
          ...context,
          State: { EnteredTime: enteredTime, Name: name, RetryCount: retryCount },
        }),
        roleArn,
        history,
        trace,
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
  });
}

/** What the machine's `logging_configuration` asks for. */
export interface LoggingConfiguration {
  readonly level: 'ALL' | 'ERROR' | 'FATAL' | 'OFF';
  readonly includeExecutionData: boolean;
}

/** Lowest level at which an event is logged; others need ALL. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html */
const FATAL_EVENTS = ['ExecutionFailed', 'ExecutionTimedOut'];
const ERROR_EVENTS = [...FATAL_EVENTS, 'FailStateEntered', 'TaskFailed', 'TaskTimedOut'];

/** Details that carry what the execution works on. */
const EXECUTION_DATA = ['cause', 'input', 'output', 'parameters'];

/** Numbers the events of one execution, and logs those that the configuration asks for. */
export class ExecutionHistory {
  private lastId = 0;

  /** @param onLine takes one event, as JSON in the form that Step Functions writes to CloudWatch Logs */
  constructor(
    private readonly executionArn: string,
    private readonly logging: LoggingConfiguration,
    private readonly onLine: (line: string) => void,
  ) {}

  /** @returns the event's id, counted from 1 */
  record(type: string, details: Readonly<Record<string, unknown>>): number {
    const id = ++this.lastId;
    if (this.isLogged(type)) {
      this.onLine(
        JSON.stringify({
          id: String(id),
          type,
          details: this.visible(details),
          previous_event_id: String(id - 1),
          event_timestamp: String(Date.now()),
          execution_arn: this.executionArn,
        }),
      );
    }
    return id;
  }

  private isLogged(type: string): boolean {
    switch (this.logging.level) {
      case 'ALL':
        return true;
      case 'ERROR':
        return ERROR_EVENTS.includes(type);
      case 'FATAL':
        return FATAL_EVENTS.includes(type);
      case 'OFF':
        return false;
    }
  }

  /** Data are JSON text in the log. */
  private visible(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(details)
        .filter(([name]) => this.logging.includeExecutionData || !EXECUTION_DATA.includes(name))
        .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
    );
  }
}
