import { compilePath } from './expression';
import type { Expression } from './scope';
import type { ExecutionHistory } from './execution-history';

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
